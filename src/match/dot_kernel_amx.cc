// The kernel for CPUs with AMX's int8 tiles. No machine of ours has executed it yet: it is compiled, listed where the
// CPU has AMX so that the tests compare it there, and never chosen by itself (DotKernel::proven).
//
// A tile of 16 groups of four codes by 16 rows is 16 lines of a group of rows as it lies in memory; a tile of queries
// is 64 codes of up to 16 of them. Source: Intel's Architecture Instruction Set Extensions, chapter "Intel AMX".
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "match/dot_kernel.h"
#include "match/row_groups.h"

namespace likeness::match {
namespace {

constexpr std::size_t queries_of_tile = 16;
constexpr std::size_t groups_together = 4;
constexpr std::size_t tile_bytes_wide = 64;

// What LDTILECFG reads: palette 1, and each tile's width in bytes and height in rows.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::array<std::uint8_t, 14> reserved{};
  std::array<std::uint16_t, 16> width{};
  std::array<std::uint8_t, 16> height{};
};
static_assert(sizeof(TileConfig) == 64);

// Tiles 0 to 3: sums of queries by rows. 4: queries. 5: rows.
TileConfig config_for(std::size_t query_count) {
  TileConfig config;
  for (std::size_t tile = 0; tile <= 5; ++tile) {
    config.width[tile] = tile_bytes_wide;
    config.height[tile] = static_cast<std::uint8_t>(tile == 5 ? 16 : query_count);
  }
  return config;
}

[[gnu::target("amx-tile,amx-int8")]] void dot_four_groups(const Code* queries, const StoredCode* groups,
                                                          std::size_t row_bytes, std::size_t stride,
                                                          std::int32_t* products) {
  const std::size_t group_bytes = rows_per_group * row_bytes;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::size_t i = 0; i < row_bytes; i += tile_bytes_wide) {
    const StoredCode* rows = groups + i * rows_per_group;
    _tile_loadd(4, queries + i, row_bytes);
    _tile_loadd(5, rows, line_bytes);
    _tile_dpbsud(0, 4, 5);
    _tile_loadd(5, rows + group_bytes, line_bytes);
    _tile_dpbsud(1, 4, 5);
    _tile_loadd(5, rows + 2 * group_bytes, line_bytes);
    _tile_dpbsud(2, 4, 5);
    _tile_loadd(5, rows + 3 * group_bytes, line_bytes);
    _tile_dpbsud(3, 4, 5);
  }
  const std::size_t stride_bytes = stride * sizeof(std::int32_t);
  _tile_stored(0, products, stride_bytes);
  _tile_stored(1, products + rows_per_group, stride_bytes);
  _tile_stored(2, products + 2 * rows_per_group, stride_bytes);
  _tile_stored(3, products + 3 * rows_per_group, stride_bytes);
}

[[gnu::target("amx-tile,amx-int8")]] void dot_one_group(const Code* queries, const StoredCode* group,
                                                        std::size_t row_bytes, std::size_t stride,
                                                        std::int32_t* products) {
  _tile_zero(0);
  for (std::size_t i = 0; i < row_bytes; i += tile_bytes_wide) {
    _tile_loadd(4, queries + i, row_bytes);
    _tile_loadd(5, group + i * rows_per_group, line_bytes);
    _tile_dpbsud(0, 4, 5);
  }
  _tile_stored(0, products, stride * sizeof(std::int32_t));
}

[[gnu::target("amx-tile,amx-int8")]] void load_config(const TileConfig& config) { _tile_loadconfig(&config); }
[[gnu::target("amx-tile,amx-int8")]] void release_tiles() { _tile_release(); }

}  // namespace

void dot_amx_int8(const QueryRows& queries, const StoredCode* groups, std::size_t group_count, std::size_t row_bytes,
                  std::int32_t* products) {
  const std::size_t stride = group_count * rows_per_group;
  for (std::size_t q = 0; q < queries.count; q += queries_of_tile) {
    const std::size_t count = std::min(queries_of_tile, queries.count - q);
    load_config(config_for(count));
    std::int32_t* out = products + q * stride;
    std::size_t g = 0;
    for (; g + groups_together <= group_count; g += groups_together) {
      dot_four_groups(queries.codes + q * row_bytes, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                      out + g * rows_per_group);
    }
    for (; g < group_count; ++g) {
      dot_one_group(queries.codes + q * row_bytes, groups + g * rows_per_group * row_bytes, row_bytes, stride,
                    out + g * rows_per_group);
    }
    for (std::size_t k = 0; k < count; ++k) {
      const std::int32_t surplus = 128 * queries.sums[q + k];
      for (std::size_t r = 0; r < stride; ++r) out[k * stride + r] -= surplus;
    }
  }
  release_tiles();
}

bool allow_amx_int8() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned amx_tile = 1U << 24;
  constexpr unsigned amx_int8 = 1U << 25;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & amx_tile) == 0 || (edx & amx_int8) == 0) return false;
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM, <asm/prctl.h>
  constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
  return ::syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

}  // namespace likeness::match
