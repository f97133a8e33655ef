// Memory of whole cache lines for codes, overwritten when it goes: codes are biometric data. Internal to the room.
//
// Thread rule: thread-compatible.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace likeness::match {

// Whole cache lines, not initialised; from 2 MiB on in pages of that size, where the system gives them. Throws
// std::bad_alloc as operator new does.
[[nodiscard]] void* allocate_lines(std::size_t bytes);
void free_lines(void* lines, std::size_t bytes);  // overwrites them first

template <typename Element>
  requires std::is_trivial_v<Element>
class AlignedArray {
 public:
  explicit AlignedArray(std::size_t size)
      : elements_(static_cast<Element*>(allocate_lines(size * sizeof(Element))), Free{size * sizeof(Element)}) {}

  [[nodiscard]] Element* data() { return elements_.get(); }
  [[nodiscard]] const Element* data() const { return elements_.get(); }

 private:
  struct Free {
    std::size_t bytes;
    void operator()(Element* elements) const { free_lines(elements, bytes); }
  };
  std::unique_ptr<Element, Free> elements_;
};

}  // namespace likeness::match
