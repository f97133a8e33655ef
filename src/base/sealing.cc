#include "base/sealing.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/crypto.h"

namespace likeness {

namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// What OpenSSL refuses here it refuses only without memory or without the algorithm: nothing secret can be kept then.
void must(bool done) {
  if (!done) std::abort();
}

int int_size(ByteSpan bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

void wipe(std::span<std::uint8_t> bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

SecretKey::SecretKey(std::span<const std::uint8_t, size> bytes) : bytes_{} {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

SecretKey SecretKey::random() {
  std::array<std::uint8_t, size> bytes{};
  random_fill(bytes);
  SecretKey key(bytes);
  wipe(bytes);
  return key;
}

SecretKey::~SecretKey() { wipe(bytes_); }

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    wipe(other.bytes_);
  }
  return *this;
}

SecretBytes::~SecretBytes() { wipe(bytes_); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

std::string_view SecretBytes::text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

SecretKey MasterKey::derive(std::string_view purpose) const { return hkdf_sha256(key_.bytes(), {}, as_bytes(purpose)); }

Bytes seal(const SecretKey& key, ByteSpan plaintext, ByteSpan associated) {
  Bytes sealed(nonce_size + plaintext.size() + tag_size);
  const std::span<std::uint8_t> nonce(sealed.data(), nonce_size);
  random_fill(nonce);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  must(context != nullptr);
  must(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce.data()) == 1);
  if (!associated.empty()) {
    must(EVP_EncryptUpdate(context.get(), nullptr, &length, associated.data(), int_size(associated)) == 1);
  }
  if (!plaintext.empty()) {
    must(EVP_EncryptUpdate(context.get(), sealed.data() + nonce_size, &length, plaintext.data(), int_size(plaintext)) ==
         1);
  }
  std::uint8_t* tag = sealed.data() + nonce_size + plaintext.size();
  must(EVP_EncryptFinal_ex(context.get(), tag, &length) == 1);  // writes nothing: GCM has no padding
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag) == 1);
  return sealed;
}

Result<SecretBytes> open_sealed(const SecretKey& key, ByteSpan sealed, ByteSpan associated) {
  const Error altered(ErrorKind::corrupt, "a sealed value does not open: it was altered or sealed under another key");
  if (sealed.size() < sealed_overhead) return altered;
  const ByteSpan nonce = sealed.first(nonce_size);
  const ByteSpan ciphertext = sealed.subspan(nonce_size, sealed.size() - sealed_overhead);
  std::array<std::uint8_t, tag_size> tag{};
  std::copy(sealed.end() - tag_size, sealed.end(), tag.begin());
  Bytes plaintext(ciphertext.size());
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  must(context != nullptr);
  must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce.data()) == 1);
  if (!associated.empty()) {
    must(EVP_DecryptUpdate(context.get(), nullptr, &length, associated.data(), int_size(associated)) == 1);
  }
  if (!ciphertext.empty()) {
    must(EVP_DecryptUpdate(context.get(), plaintext.data(), &length, ciphertext.data(), int_size(ciphertext)) == 1);
  }
  SecretBytes opened(std::move(plaintext));  // wiped, too, if the tag says that it is none of ours
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1);
  std::uint8_t none = 0;
  if (EVP_DecryptFinal_ex(context.get(), &none, &length) != 1) return altered;
  return opened;
}

SecretKey hkdf_sha256(ByteSpan key, ByteSpan salt, ByteSpan info) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  must(kdf != nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  EVP_KDF_free(kdf);
  must(context != nullptr);
  // OSSL_PARAM takes pointers to non-const and does not write through them.
  char digest[] = "SHA256";
  const auto bytes_of = [](ByteSpan span) { return const_cast<std::uint8_t*>(span.data()); };
  std::array<OSSL_PARAM, 5> parameters{};
  std::size_t count = 0;
  parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
  parameters[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, bytes_of(key), key.size());
  if (!salt.empty()) {
    parameters[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes_of(salt), salt.size());
  }
  if (!info.empty()) {
    parameters[count++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, bytes_of(info), info.size());
  }
  parameters[count] = OSSL_PARAM_construct_end();
  std::array<std::uint8_t, SecretKey::size> output{};
  const bool derived = EVP_KDF_derive(context, output.data(), output.size(), parameters.data()) == 1;
  EVP_KDF_CTX_free(context);
  must(derived);
  SecretKey result(output);
  wipe(output);
  return result;
}

}  // namespace likeness
