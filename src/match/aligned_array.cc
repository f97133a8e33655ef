#include "match/aligned_array.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <span>

#include "base/sealing.h"
#include "match/int8_codes.h"

namespace likeness::match {

namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

constexpr std::size_t small_page = 4096;

std::size_t whole_pages(std::size_t bytes) { return (bytes + small_page - 1) / small_page * small_page; }

}  // namespace

void* allocate_lines(std::size_t bytes) {
  if (bytes < large_page) return ::operator new(bytes, std::align_val_t{code_alignment});
  // A large page more than is needed, and what lies beside the aligned part is given back.
  const std::size_t size = whole_pages(bytes);
  void* mapped = ::mmap(nullptr, size + large_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* start = static_cast<std::uint8_t*>(mapped);
  const std::size_t before = (large_page - reinterpret_cast<std::uintptr_t>(start) % large_page) % large_page;
  if (before > 0) ::munmap(start, before);
  ::munmap(start + before + size, large_page - before);
  // Only whole ones: the rest of a last one would be memory for nothing. Small pages do as well.
  (void)::madvise(start + before, size / large_page * large_page, MADV_HUGEPAGE);
  return start + before;
}

void free_lines(void* lines, std::size_t bytes) {
  if (lines == nullptr) return;
  wipe(std::span(static_cast<std::uint8_t*>(lines), bytes));
  if (bytes < large_page) {
    ::operator delete(lines, std::align_val_t{code_alignment});
  } else {
    ::munmap(lines, whole_pages(bytes));
  }
}

}  // namespace likeness::match
