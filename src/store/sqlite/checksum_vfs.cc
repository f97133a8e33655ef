#include "store/sqlite/checksum_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace likeness::store {

namespace {

using Checksum = std::array<std::uint8_t, checksum_size>;

std::uint32_t little_endian_32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

void put_little_endian_32(std::uint8_t* bytes, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8U * i));
}

// Two sums over pairs of 32-bit words, each fed with the other: any change of one word changes both.
Checksum checksum_of(ByteSpan content) {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  for (std::size_t i = 0; i + 8 <= content.size(); i += 8) {
    first += little_endian_32(&content[i]) + second;
    second += little_endian_32(&content[i + 4]) + first;
  }
  Checksum checksum{};
  put_little_endian_32(checksum.data(), first);
  put_little_endian_32(checksum.data() + 4, second);
  return checksum;
}

bool is_page(int size) { return size >= 512 && size <= 65536 && std::has_single_bit(static_cast<unsigned>(size)); }

// Memory of SQLite's: it calls xOpen with room for this and, behind it, for the file of the layer below.
struct File {
  sqlite3_file base;                // first, as SQLite wants it
  std::vector<std::uint8_t>* page;  // where a page gets its checksum on the way out: SQLite's own copy stays as it is

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return file_of(file)->below(); }

int file_close(sqlite3_file* file) {
  delete file_of(file)->page;
  file_of(file)->page = nullptr;
  return below(file)->pMethods->xClose(below(file));
}

int file_read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
  const int code = below(file)->pMethods->xRead(below(file), buffer, size, offset);
  if (code != SQLITE_OK) return code;
  const auto* bytes = static_cast<const std::uint8_t*>(buffer);
  // Parts of pages are read before a journal is looked for, so they may be torn still; what counts is read whole.
  if (is_page(size) && !page_checksum_matches({bytes, static_cast<std::size_t>(size)})) return SQLITE_IOERR_DATA;
  return SQLITE_OK;
}

int file_write(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 offset) {
  if (!is_page(size)) return below(file)->pMethods->xWrite(below(file), buffer, size, offset);
  std::vector<std::uint8_t>& page = *file_of(file)->page;
  const auto* bytes = static_cast<const std::uint8_t*>(buffer);
  page.assign(bytes, bytes + size);
  const Checksum checksum = checksum_of(std::span(page).first(page.size() - checksum_size));
  std::copy(checksum.begin(), checksum.end(), page.end() - checksum_size);
  return below(file)->pMethods->xWrite(below(file), page.data(), size, offset);
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return below(file)->pMethods->xTruncate(below(file), size);
}
int file_sync(sqlite3_file* file, int flags) { return below(file)->pMethods->xSync(below(file), flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return below(file)->pMethods->xFileSize(below(file), size); }
int file_lock(sqlite3_file* file, int level) { return below(file)->pMethods->xLock(below(file), level); }
int file_unlock(sqlite3_file* file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }
int file_check_reserved_lock(sqlite3_file* file, int* held) {
  return below(file)->pMethods->xCheckReservedLock(below(file), held);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
int file_sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int file_device_characteristics(sqlite3_file* file) {
  // SQLITE_IOCAP_SUBPAGE_READ of later versions: parts of pages would pass unverified.
  constexpr int subpage_read = 0x8000;
  return below(file)->pMethods->xDeviceCharacteristics(below(file)) & ~subpage_read;
}
int file_shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** mapped) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, mapped);
}
int file_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void file_shm_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int file_shm_unmap(sqlite3_file* file, int remove) { return below(file)->pMethods->xShmUnmap(below(file), remove); }

// Version 2: shared memory, but no mapped pages, which would pass unverified.
constexpr sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_device_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* vfs_below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* lower = vfs_below(vfs);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return lower->xOpen(lower, name, file, flags, out_flags);
  file->pMethods = nullptr;
  auto* page = new (std::nothrow) std::vector<std::uint8_t>;
  if (page == nullptr) return SQLITE_NOMEM;
  const int code = lower->xOpen(lower, name, file_of(file)->below(), flags, out_flags);
  if (code != SQLITE_OK) {
    delete page;
    return code;
  }
  file_of(file)->page = page;
  file->pMethods = &file_methods;
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync) {
  return vfs_below(vfs)->xDelete(vfs_below(vfs), name, sync);
}
int vfs_access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  return vfs_below(vfs)->xAccess(vfs_below(vfs), name, flags, result);
}
int vfs_full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return vfs_below(vfs)->xFullPathname(vfs_below(vfs), name, size, out);
}
int vfs_randomness(sqlite3_vfs* vfs, int size, char* out) {
  return vfs_below(vfs)->xRandomness(vfs_below(vfs), size, out);
}
int vfs_sleep(sqlite3_vfs* vfs, int micros) { return vfs_below(vfs)->xSleep(vfs_below(vfs), micros); }
int vfs_current_time(sqlite3_vfs* vfs, double* days) { return vfs_below(vfs)->xCurrentTime(vfs_below(vfs), days); }
int vfs_get_last_error(sqlite3_vfs* vfs, int size, char* out) {
  return vfs_below(vfs)->xGetLastError(vfs_below(vfs), size, out);
}

}  // namespace

bool page_checksum_matches(ByteSpan page) {
  const Checksum checksum = checksum_of(page.first(page.size() - checksum_size));
  return std::equal(checksum.begin(), checksum.end(), page.end() - checksum_size);
}

struct ChecksumVfs::Layer {
  sqlite3_vfs vfs{};
};

ChecksumVfs::ChecksumVfs(std::unique_ptr<Layer> layer, std::string name)
    : layer_(std::move(layer)), name_(std::move(name)) {}

Result<std::unique_ptr<ChecksumVfs>> ChecksumVfs::create(const std::string& below) {
  sqlite3_vfs* lower = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  if (lower == nullptr) return Error(ErrorKind::internal, "SQLite knows no file layer \"" + below + "\"");
  std::unique_ptr<ChecksumVfs> made(new ChecksumVfs(std::make_unique<Layer>(), "likeness-checksum-" + random_uuid()));
  sqlite3_vfs& vfs = made->layer_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + lower->szOsFile;
  vfs.mxPathname = lower->mxPathname;
  vfs.zName = made->name_.c_str();
  vfs.pAppData = lower;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_pathname;
  vfs.xRandomness = vfs_randomness;
  vfs.xSleep = vfs_sleep;
  vfs.xCurrentTime = vfs_current_time;
  vfs.xGetLastError = vfs_get_last_error;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) {
    return Error(ErrorKind::internal, "SQLite does not take our file layer");
  }
  return made;
}

ChecksumVfs::~ChecksumVfs() { sqlite3_vfs_unregister(&layer_->vfs); }

}  // namespace likeness::store
