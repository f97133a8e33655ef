// Memory of whole cache lines for codes, overwritten when it goes: codes are biometric data. Internal to the room.
//
// Thread rule: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "base/sealing.h"
#include "match/int8_codes.h"

namespace likeness::match {

// Not initialised.
template <typename Element>
  requires std::is_trivial_v<Element>
class AlignedArray {
 public:
  explicit AlignedArray(std::size_t size)
      : elements_(static_cast<Element*>(::operator new(size * sizeof(Element), std::align_val_t{code_alignment})),
                  Free{size * sizeof(Element)}) {}

  [[nodiscard]] Element* data() { return elements_.get(); }
  [[nodiscard]] const Element* data() const { return elements_.get(); }

 private:
  struct Free {
    std::size_t bytes;
    void operator()(Element* elements) const {
      wipe(std::span(reinterpret_cast<std::uint8_t*>(elements), bytes));
      ::operator delete(elements, std::align_val_t{code_alignment});
    }
  };
  std::unique_ptr<Element, Free> elements_;
};

}  // namespace likeness::match
