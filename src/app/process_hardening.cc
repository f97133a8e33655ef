#include "app/process_hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>

namespace likeness::app {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool leak_check_attaches = true;
#elif defined(__has_feature)
constexpr bool leak_check_attaches = __has_feature(address_sanitizer);
#else
constexpr bool leak_check_attaches = false;
#endif

}  // namespace

void keep_memory_private() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  // Neither call can fail for these arguments (setrlimit(2): lowering needs no privilege).
  (void)::setrlimit(RLIMIT_CORE, &none);
  if (!leak_check_attaches) (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  (void)::umask(S_IRWXG | S_IRWXO);
}

void forget_variable(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return;
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(name);
}

}  // namespace likeness::app
