#include "store/sqlite/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace likeness::store {

namespace {

constexpr std::size_t sector = 512;  // bytes that a disk writes whole or not at all
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

// A write (bytes at offset) or a truncation (to offset) that was not synced.
struct Pending {
  bool truncates = false;
  std::size_t offset = 0;
  Bytes bytes;
};

void apply(Bytes& image, const Pending& pending) {
  if (pending.truncates) {
    image.resize(std::min(image.size(), pending.offset));
    return;
  }
  image.resize(std::max(image.size(), pending.offset + pending.bytes.size()));
  std::copy(pending.bytes.begin(), pending.bytes.end(), image.begin() + static_cast<std::ptrdiff_t>(pending.offset));
}

struct Image {
  Bytes synced;
  std::vector<Pending> pending;
};

}  // namespace

struct FaultVfs::Layer {
  sqlite3_vfs vfs{};
  std::string name = "likeness-fault-" + random_uuid();
  mutable std::mutex mutex;
  std::map<std::string, Image> images;  // by path
  std::uint64_t steps = 0;
  std::atomic<std::uint64_t> reads = 0;
  std::uint64_t cut_at = never;
  std::uint64_t fail_first = never;
  std::uint64_t fail_last = 0;
  int fail_code = 0;
  int fail_always = 0;

  // Counts a step; the code it must fail with, or 0. Under the mutex.
  int step() {
    const std::uint64_t now = steps++;
    if (now >= cut_at) return SQLITE_IOERR;
    if (fail_always != 0) return fail_always;
    if (now >= fail_first && now <= fail_last) return fail_code;
    return SQLITE_OK;
  }
};

namespace {

// SQLite's memory: this, and behind it the operating system's file.
struct File {
  sqlite3_file base;
  FaultVfs::Layer* layer;
  const char* path;  // SQLite keeps it while the file is open

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return file_of(file)->below(); }

int file_close(sqlite3_file* file) { return below(file)->pMethods->xClose(below(file)); }
int file_read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
  ++file_of(file)->layer->reads;
  return below(file)->pMethods->xRead(below(file), buffer, size, offset);
}

// One step: fails as told, or is noted and done.
template <typename Done>
int step(sqlite3_file* file, Pending pending, const Done& done) {
  FaultVfs::Layer& layer = *file_of(file)->layer;
  const std::lock_guard<std::mutex> lock(layer.mutex);
  if (const int code = layer.step(); code != SQLITE_OK) return code;
  const int code = done();
  if (code == SQLITE_OK) layer.images[file_of(file)->path].pending.push_back(std::move(pending));
  return code;
}

int file_write(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 offset) {
  const auto* bytes = static_cast<const std::uint8_t*>(buffer);
  return step(file, {.truncates = false, .offset = static_cast<std::size_t>(offset), .bytes = {bytes, bytes + size}},
              [&] { return below(file)->pMethods->xWrite(below(file), buffer, size, offset); });
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return step(file, {.truncates = true, .offset = static_cast<std::size_t>(size), .bytes = {}},
              [&] { return below(file)->pMethods->xTruncate(below(file), size); });
}

int file_sync(sqlite3_file* file, int /*flags*/) {
  FaultVfs::Layer& layer = *file_of(file)->layer;
  const std::lock_guard<std::mutex> lock(layer.mutex);
  if (const int code = layer.step(); code != SQLITE_OK) {
    return (code & 0xff) == SQLITE_IOERR ? SQLITE_IOERR_FSYNC : code;
  }
  Image& image = layer.images[file_of(file)->path];
  for (const Pending& pending : image.pending) apply(image.synced, pending);
  image.pending.clear();
  return SQLITE_OK;
}

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
  return below(file)->pMethods->xDeviceCharacteristics(below(file));
}
int file_shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** mapped) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, mapped);
}
int file_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void file_shm_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int file_shm_unmap(sqlite3_file* file, int remove) { return below(file)->pMethods->xShmUnmap(below(file), remove); }

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

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find(nullptr); }

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  if ((flags & kept) == 0) return system_vfs()->xOpen(system_vfs(), name, file, flags, out_flags);
  const int code = system_vfs()->xOpen(system_vfs(), name, file_of(file)->below(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  file_of(file)->layer = static_cast<FaultVfs::Layer*>(vfs->pAppData);
  file_of(file)->path = name;
  file->pMethods = &file_methods;
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int /*sync*/) {
  auto& layer = *static_cast<FaultVfs::Layer*>(vfs->pAppData);
  const std::lock_guard<std::mutex> lock(layer.mutex);
  if (const int code = layer.step(); code != SQLITE_OK) return SQLITE_IOERR_DELETE;
  layer.images.erase(name);
  return system_vfs()->xDelete(system_vfs(), name, 0);
}

int vfs_access(sqlite3_vfs*, const char* name, int flags, int* result) {
  return system_vfs()->xAccess(system_vfs(), name, flags, result);
}
int vfs_full_pathname(sqlite3_vfs*, const char* name, int size, char* out) {
  return system_vfs()->xFullPathname(system_vfs(), name, size, out);
}
int vfs_randomness(sqlite3_vfs*, int size, char* out) { return system_vfs()->xRandomness(system_vfs(), size, out); }
int vfs_sleep(sqlite3_vfs*, int micros) { return system_vfs()->xSleep(system_vfs(), micros); }
int vfs_current_time(sqlite3_vfs*, double* days) { return system_vfs()->xCurrentTime(system_vfs(), days); }
int vfs_get_last_error(sqlite3_vfs*, int size, char* out) {
  return system_vfs()->xGetLastError(system_vfs(), size, out);
}

// Part of a write: each sector of it is there or not.
void apply_torn(Bytes& image, const Pending& pending, std::mt19937& random) {
  for (std::size_t at = 0; at < pending.bytes.size();) {
    const std::size_t end =
        std::min(pending.bytes.size(), (pending.offset + at) / sector * sector + sector - pending.offset);
    if (random() % 2 == 0) {
      apply(image, {.truncates = false,
                    .offset = pending.offset + at,
                    .bytes = {pending.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                              pending.bytes.begin() + static_cast<std::ptrdiff_t>(end)}});
    }
    at = end;
  }
}

// What a disk may hold of a file: everything synced, and of the rest nothing, all, a beginning, or any parts.
Bytes survivor(const Image& image, std::mt19937& random) {
  Bytes bytes = image.synced;
  const unsigned mode = random() % 4;
  const std::size_t beginning = image.pending.empty() ? 0 : random() % image.pending.size();
  for (std::size_t i = 0; i < image.pending.size(); ++i) {
    const Pending& pending = image.pending[i];
    if (mode == 0 || (mode == 1 && i > beginning)) continue;
    if (mode == 2 || (mode == 1 && i < beginning) || pending.truncates) {
      apply(bytes, pending);
    } else {
      apply_torn(bytes, pending, random);
    }
  }
  return bytes;
}

}  // namespace

FaultVfs::FaultVfs() : layer_(std::make_unique<Layer>()) {
  sqlite3_vfs& vfs = layer_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + system_vfs()->szOsFile;
  vfs.mxPathname = system_vfs()->mxPathname;
  vfs.zName = layer_->name.c_str();
  vfs.pAppData = layer_.get();
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_pathname;
  vfs.xRandomness = vfs_randomness;
  vfs.xSleep = vfs_sleep;
  vfs.xCurrentTime = vfs_current_time;
  vfs.xGetLastError = vfs_get_last_error;
  sqlite3_vfs_register(&vfs, 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&layer_->vfs); }

const std::string& FaultVfs::name() const { return layer_->name; }

std::uint64_t FaultVfs::steps() const {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  return layer_->steps;
}

std::uint64_t FaultVfs::reads() const { return layer_->reads; }

void FaultVfs::cut_power_at(std::uint64_t step) {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  layer_->cut_at = step;
}

bool FaultVfs::power_is_cut() const {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  return layer_->steps > layer_->cut_at;
}

void FaultVfs::fail_at(std::uint64_t step, int code, std::uint64_t more) {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  layer_->fail_first = step;
  layer_->fail_last = step + more;
  layer_->fail_code = code;
}

void FaultVfs::fail_all(int code) {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  layer_->fail_always = code;
}

void FaultVfs::write_survivors(const std::filesystem::path& folder, std::mt19937& random) const {
  const std::lock_guard<std::mutex> lock(layer_->mutex);
  for (const auto& [path, image] : layer_->images) {
    const Bytes bytes = survivor(image, random);
    std::ofstream file(folder / std::filesystem::path(path).filename(), std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

}  // namespace likeness::store
