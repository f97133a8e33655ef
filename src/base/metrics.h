// Metrics, in the exposition format of Prometheus, over prometheus-cpp.
//
// A Metrics object is made once, in main(), and passed on. Handles (Counter, Gauge, Histogram) are small values
// that stay valid as long as the Metrics they came from; get them once, at construction, not per request.
// Label values come from closed sets (operation names, error kinds), never from a request, so memory is bounded.
//
// Thread rule: all methods may be called from any thread.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace likeness {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  void add(double amount = 1.0);

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void set(double value);
  void add(double amount);

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  void observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same metric. `help` counts on the first call for a name.
  [[nodiscard]] Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  [[nodiscard]] Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `bounds` are the upper bounds of the buckets, rising.
  [[nodiscard]] Histogram histogram(const std::string& name, const std::string& help, const Labels& labels,
                                    const std::vector<double>& bounds);

  // Everything, as text (Prometheus text format 0.0.4).
  [[nodiscard]] std::string text() const;

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace likeness
