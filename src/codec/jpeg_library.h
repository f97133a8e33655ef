// libjpeg-turbo's header after what it needs and does not include. Private to this room.
#pragma once

// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on
