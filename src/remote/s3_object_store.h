// Amazon S3, or an endpoint that speaks like it (Ceph, MinIO, versitygw, ...). Requests are signed with credentials of
// our own (SigV4), whoever asked.
//
// The host is the configured endpoint; of what a caller names, only a bucket that is made of lower-case letters, digits
// and hyphens can become a label in front of it, and only with virtual-host style. Everything else goes, encoded, into
// the path.
//
// Thread rule: as ObjectStore. Ownership: clock, log and pacer outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/time.h"
#include "remote/http_client.h"
#include "remote/object_store.h"
#include "remote/pacer.h"
#include "remote/s3_names.h"

namespace likeness::remote {

struct S3Options {
  // "https://storage.example.org:9000", without a path; or "aws" for Amazon S3 in `region`. http:// needs `allow`.
  std::string endpoint = {};
  std::string region = "us-east-1";
  std::string access_key_id = {};
  std::string secret_access_key = {};
  std::string session_token = {};       // of temporary credentials; empty: none
  std::vector<std::string> allow = {};  // blocks of addresses; see AddressPolicy
  bool virtual_host_style = false;      // bucket.host/key rather than host/bucket/key; Amazon S3 always gets it
  HttpClientOptions http = {};
};

class S3ObjectStore final : public ObjectStore {
 public:
  // Asks the endpoint nothing. Errors: invalid_argument (the endpoint is no such URL, credentials are missing, an
  // endpoint that is an address is not in the allowed blocks), unavailable (the CA file).
  [[nodiscard]] static Result<std::unique_ptr<S3ObjectStore>> create(const S3Options& options, const Clock& clock,
                                                                     Pacer& pacer, Logger& log);

  [[nodiscard]] Result<ObjectInfo> head(const ObjectId& id) override;
  [[nodiscard]] Result<ObjectInfo> get_to(const ObjectId& id, Sink& sink, const TransferLimits& limits) override;
  [[nodiscard]] Result<void> put(const ObjectId& id, ByteSpan bytes, std::string_view content_type) override;

 private:
  S3ObjectStore(const S3Options& options, S3Endpoint endpoint, std::unique_ptr<HttpClient> http, const Clock& clock,
                Logger& log);
  // Signed and sent; a status of 2xx, or an error.
  [[nodiscard]] Result<HttpResponse> exchange(const char* method, const ObjectId& id, ByteSpan body,
                                              std::string_view content_type, Sink& sink, const TransferLimits& limits);

  const S3Options options_;
  const S3Endpoint endpoint_;
  const std::unique_ptr<HttpClient> http_;  // provides its own synchronisation
  const Clock& clock_;
  Logger& log_;  // provides its own synchronisation
};

}  // namespace likeness::remote
