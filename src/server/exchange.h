// One request on its way through the server: what its connection knows of it, and what the pool is given. Internal to
// the room.
//
// Thread rule: a Transaction belongs to its connection. An Exchange is written by the task before `done` is cancelled
// and read by the connection afterwards; `abandoned` may be set meanwhile.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/http.h"
#include "base/log.h"
#include "server/byte_budget.h"
#include "server/server_metrics.h"

namespace likeness::server {

using Ticks = std::chrono::steady_clock::time_point;

inline Ticks ticks() { return std::chrono::steady_clock::now(); }
inline double seconds_between(Ticks from, Ticks to) { return std::chrono::duration<double>(to - from).count(); }

// One request, for its answer and its line in the log.
struct Transaction {
  static constexpr std::size_t max_logged_characters = 100;

  api::RequestHead head;
  Ticks started = ticks();
  bool keep_alive = false;       // as the client wishes
  bool awaits_continue = false;  // the client sends its body after "100 Continue" only
  std::uint64_t body_bytes = 0;
  double queued_seconds = 0;
  double computed_seconds = 0;
  std::optional<Refusal> refusal;
  LogLevel log_level = LogLevel::info;  // or debug

  [[nodiscard]] std::string_view path() const {
    const std::string_view target = head.target;
    return target.substr(0, std::min(target.find('?'), max_logged_characters));
  }
};

// A request on its way through the pool. The connection waits for `done`, so what it refers to stays.
struct Exchange {
  Exchange(const boost::asio::any_io_executor& executor, const api::RequestHead& request_head, std::string request_body,
           ByteBudget::Reservation bytes, std::chrono::milliseconds patience)
      : head(request_head),
        body(std::move(request_body)),
        reservation(std::move(bytes)),
        start_before(submitted + patience),
        done(executor, Ticks::max()) {}

  const api::RequestHead& head;
  std::string body;
  ByteBudget::Reservation reservation;
  std::atomic<bool> abandoned = false;  // set by the connection: nobody waits for the answer
  const Ticks submitted = ticks();
  const Ticks start_before;  // later it is not computed: the client has given up, or is about to
  Ticks started;             // by a compute thread
  Ticks finished;
  std::optional<api::Response> response;  // empty if it was abandoned or overdue before it started
  boost::asio::steady_timer done;         // never expires; cancelled on the strand when the task has ended

  [[nodiscard]] bool overdue() const { return started > start_before; }
};

// On a compute thread.
inline void run(Exchange& exchange, api::HttpService& service) {
  exchange.started = ticks();
  if (!exchange.abandoned && !exchange.overdue()) {
    exchange.response = service.handle(exchange.head, std::move(exchange.body));
  }
  exchange.body = {};
  exchange.reservation.release();
  exchange.finished = ticks();
}

}  // namespace likeness::server
