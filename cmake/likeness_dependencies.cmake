# Every library that is not ours, found once. docs/dependencies.md has the reason and licence of each.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(SQLite3 3.37 REQUIRED)  # STRICT tables
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(stringencoders REQUIRED IMPORTED_TARGET stringencoders)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)

# OpenVINO from its PyPI wheel (tools/bootstrap puts it there); the runtime is linked only by src/infer.
find_package(OpenVINO 2026.4 REQUIRED CONFIG COMPONENTS Runtime
             PATHS "${LIKENESS_DEPS}/openvino/openvino/cmake" NO_DEFAULT_PATH)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
