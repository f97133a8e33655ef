#include "importer/report.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "importer/printable.h"

namespace likeness::importer {

namespace {

constexpr std::size_t remarks_in_summary = 20;

}  // namespace

void Report::add_person() {
  const MutexLock lock(mutex_);
  ++counts_.people;
}

void Report::add_renamed(std::string folder, std::string user_id) {
  const MutexLock lock(mutex_);
  ++renamed_count_;
  if (renamed_.size() < most_remarks) renamed_.push_back({std::move(folder), std::move(user_id)});
}

void Report::add_seen(bool before) {
  const MutexLock lock(mutex_);
  ++counts_.seen;
  if (before) ++counts_.before;
}

void Report::add_associated() {
  const MutexLock lock(mutex_);
  ++counts_.associated;
}

void Report::refuse(std::string path, std::string reason) {
  const MutexLock lock(mutex_);
  ++counts_.refused;
  if (remarks_.size() < most_remarks) remarks_.push_back({std::move(path), true, std::move(reason)});
}

void Report::note(std::string path, std::string reason) {
  const MutexLock lock(mutex_);
  if (remarks_.size() < most_remarks) remarks_.push_back({std::move(path), false, std::move(reason)});
}

Counts Report::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

std::vector<Remark> Report::remarks() const {
  std::vector<Remark> sorted;
  {
    const MutexLock lock(mutex_);
    sorted = remarks_;
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Remark& a, const Remark& b) { return a.path != b.path ? a.path < b.path : a.reason < b.reason; });
  return sorted;
}

std::vector<Renamed> Report::renamed() const {
  std::vector<Renamed> sorted;
  {
    const MutexLock lock(mutex_);
    sorted = renamed_;
  }
  std::sort(sorted.begin(), sorted.end(), [](const Renamed& a, const Renamed& b) { return a.folder < b.folder; });
  return sorted;
}

std::string Report::json(const std::string& collection, const std::string& stopped) const {
  const Counts all = counts();
  std::string text = "{\"version\":1,\"collection\":";
  append_json_string(text, collection);
  const auto number = [&text](const char* name, std::size_t value) {
    text += std::string(",\"") + name + "\":" + std::to_string(value);
  };
  number("people", all.people);
  number("pictures", all.seen);
  number("done_before", all.before);
  number("faces", all.associated);
  number("refused", all.refused);
  text += ",\"stopped\":";
  append_json_string(text, stopped);
  text += ",\"user_ids\":[";
  const std::vector<Renamed> names = renamed();
  for (const Renamed& name : names) {
    text += &name == &names.front() ? "\n{\"folder\":" : ",\n{\"folder\":";
    append_json_string(text, name.folder);
    text += ",\"user_id\":";
    append_json_string(text, name.user_id);
    text += "}";
  }
  text += "],\"remarks\":[";
  const std::vector<Remark> sorted = remarks();
  for (const Remark& remark : sorted) {
    text += &remark == &sorted.front() ? "\n{\"path\":" : ",\n{\"path\":";
    append_json_string(text, remark.path);
    text += remark.refused ? ",\"refused\":true,\"reason\":" : ",\"refused\":false,\"reason\":";
    append_json_string(text, remark.reason);
    text += "}";
  }
  return text + "]}\n";
}

void Report::write_summary(std::ostream& out) const {
  const Counts all = counts();
  out << all.people << " people, " << all.seen << " pictures (" << all.before << " done before), " << all.associated
      << " faces, " << all.refused << " refused\n";
  std::size_t names = 0;
  {
    const MutexLock lock(mutex_);
    names = renamed_count_;
  }
  if (names > 0) out << "  " << names << " folders have names that are no UserId: --report FILE has what they became\n";
  write_remarks(out);
}

void Report::write_remarks(std::ostream& out) const {
  const std::vector<Remark> sorted = remarks();
  for (std::size_t i = 0; i < std::min(sorted.size(), remarks_in_summary); ++i) {
    out << (sorted[i].refused ? "  refused  " : "  note     ") << printable(sorted[i].path) << ": "
        << printable(sorted[i].reason) << '\n';
  }
  if (sorted.size() > remarks_in_summary) {
    out << "  and " << sorted.size() - remarks_in_summary << " more: --report FILE has them all\n";
  }
}

}  // namespace likeness::importer
