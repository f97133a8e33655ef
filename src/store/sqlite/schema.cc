#include "store/sqlite/schema.h"

#include <string>

namespace likeness::store {

namespace {

// "LKNS": whose database this is, in its header (sqlite.org/pragma.html#pragma_application_id).
constexpr std::int64_t application_id = 0x4C4B4E53;

// Times are microseconds UTC. The first columns of every key are the account and the region, except in the outbox,
// whose key is the one order over all accounts, and in migrations, which are the file's.
constexpr const char* schema_1 = R"sql(
CREATE TABLE migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- AUTOINCREMENT: a number is never used again, also when the newest records were taken out.
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  time INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  operation TEXT NOT NULL,
  token TEXT NOT NULL,
  parameters_hash BLOB NOT NULL CHECK (length(parameters_hash) = 32),
  response TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, operation, token)
) STRICT;
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

-- policies: names, a line each.
CREATE TABLE access_keys (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  sealed_secret BLOB NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  policies TEXT NOT NULL,
  note TEXT NOT NULL,
  created INTEGER NOT NULL,
  rotated_from TEXT,
  PRIMARY KEY (account, region, id)
) STRICT;
CREATE UNIQUE INDEX access_keys_by_id ON access_keys (id);

CREATE TABLE policies (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- Whatever can have tags. kind: 'collection'; others come with what they are.
CREATE TABLE resources (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  resource TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (account, region, resource)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  resource TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, resource, key),
  FOREIGN KEY (account, region, resource) REFERENCES resources ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  resource TEXT NOT NULL,
  embedding_space TEXT NOT NULL,
  face_model_version TEXT NOT NULL,
  purpose TEXT NOT NULL,
  wrapped_key BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, id),
  FOREIGN KEY (account, region, resource) REFERENCES resources
) STRICT;
CREATE UNIQUE INDEX collections_by_resource ON collections (account, region, resource);

-- user_id: NULL for a subject that came with a face and was given no user id. status: UserStatus.
CREATE TABLE subjects (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT,
  status INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, collection, id),
  FOREIGN KEY (account, region, collection) REFERENCES collections ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX subjects_by_user ON subjects (account, region, collection, user_id);

-- picture_hash: keyed per collection. sealed_template: under the face's own key, which is in key_slot of the slot file.
-- erased: when the face was deleted and its slot was still to be wiped.
CREATE TABLE faces (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  image_id TEXT NOT NULL,
  external_image_id TEXT,
  picture_hash BLOB NOT NULL,
  box_left REAL NOT NULL,
  box_top REAL NOT NULL,
  box_width REAL NOT NULL,
  box_height REAL NOT NULL,
  confidence REAL NOT NULL,
  face_model_version TEXT NOT NULL,
  sealed_template BLOB NOT NULL,
  key_slot INTEGER NOT NULL,
  created INTEGER NOT NULL,
  erased INTEGER,
  PRIMARY KEY (account, region, collection, id),
  FOREIGN KEY (account, region, collection, subject) REFERENCES subjects ON DELETE CASCADE
) STRICT;
CREATE INDEX faces_by_subject ON faces (account, region, collection, subject);
CREATE INDEX faces_by_picture ON faces (account, region, collection, picture_hash);
CREATE INDEX faces_erased ON faces (erased) WHERE erased IS NOT NULL;

CREATE TABLE consents (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  subject TEXT NOT NULL,
  id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('verify', 'search', 'live')),
  giver TEXT NOT NULL CHECK (giver IN ('self', 'guardian')),
  evidence_hash BLOB NOT NULL,
  granted INTEGER NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER,
  withdrawn INTEGER,
  PRIMARY KEY (account, region, collection, subject, id),
  FOREIGN KEY (account, region, collection, subject) REFERENCES subjects ON DELETE CASCADE
) STRICT;

-- collection: '' for what holds for the account.
CREATE TABLE purposes (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  purpose TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  declared INTEGER NOT NULL,
  PRIMARY KEY (account, region, collection)
) STRICT;

CREATE TABLE reviews (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  collection TEXT NOT NULL,
  subject TEXT NOT NULL,
  similarity REAL NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('waiting', 'confirmed', 'rejected', 'unsure')),
  reviewer TEXT,
  created INTEGER NOT NULL,
  decided INTEGER,
  PRIMARY KEY (account, region, id)
) STRICT;
CREATE INDEX reviews_by_subject ON reviews (account, region, collection, subject);

-- "Not this person": face is no picture of subject, whatever its similarity.
CREATE TABLE rejections (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  subject TEXT NOT NULL,
  face TEXT NOT NULL,
  actor TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, collection, subject, face),
  FOREIGN KEY (account, region, collection, subject) REFERENCES subjects ON DELETE CASCADE
) STRICT;

PRAGMA application_id = 1280003667;
)sql";
static_assert(application_id == 1280003667);

// Schema 1 had no calls for faces and for what hangs on them: their tables are empty in every database, and made anew.
//
// collections: counters and the generation change with the faces; deleted: the collection is gone, and what was in it
// is to be purged. subjects.number: of users, given by counters, never again. subjects.changed: the collection's
// generation when the subject's faces changed last. erased_slots: the keys of removed faces that are to be overwritten.
constexpr const char* schema_2 = R"sql(
ALTER TABLE collections ADD COLUMN face_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN user_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1));
UPDATE collections SET user_count =
  (SELECT count(*) FROM subjects s WHERE s.account = collections.account AND s.region = collections.region
    AND s.collection = collections.id AND s.user_id IS NOT NULL);
CREATE INDEX collections_deleted ON collections (deleted) WHERE deleted = 1;

ALTER TABLE subjects ADD COLUMN number INTEGER;
ALTER TABLE subjects ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
UPDATE subjects SET number = rowid WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX subjects_by_number ON subjects (account, region, collection, number);

-- The server's own, like settings of the server.
CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) SELECT 'user', coalesce(max(number), 0) FROM subjects;

DROP TABLE faces;
CREATE TABLE faces (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  image_id TEXT NOT NULL,
  external_image_id TEXT,
  picture_hash BLOB NOT NULL CHECK (length(picture_hash) = 32),
  box_left REAL NOT NULL,
  box_top REAL NOT NULL,
  box_width REAL NOT NULL,
  box_height REAL NOT NULL,
  confidence REAL NOT NULL,
  face_model_version TEXT NOT NULL,
  key_slot INTEGER NOT NULL,
  created INTEGER NOT NULL,
  sealed_template BLOB NOT NULL,
  PRIMARY KEY (account, region, collection, id),
  FOREIGN KEY (account, region, collection, subject) REFERENCES subjects
) STRICT;
CREATE UNIQUE INDEX faces_by_slot ON faces (account, region, collection, key_slot);
CREATE INDEX faces_by_subject ON faces (account, region, collection, subject, id);
CREATE INDEX faces_by_picture ON faces (account, region, collection, picture_hash);

CREATE INDEX rejections_by_face ON rejections (account, region, collection, face, subject);

CREATE TABLE erased_slots (
  slot INTEGER PRIMARY KEY
) STRICT;
)sql";

// What a listing reads lies together, in the order of face ids, with the user id that it shows: a page costs the same
// in every collection. Templates, which are four times as large, have a table of their own in the order of their slots.
// The user id of a subject never changes; a face that changes hands takes the new one's. A subject that is no user
// needs no entry where users are looked up.
constexpr const char* schema_3 = R"sql(
CREATE TABLE templates (
  key_slot INTEGER PRIMARY KEY,
  sealed_template BLOB NOT NULL
) STRICT;
INSERT INTO templates (key_slot, sealed_template) SELECT key_slot, sealed_template FROM faces ORDER BY key_slot;

CREATE TABLE listed_faces (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT,
  image_id TEXT NOT NULL,
  external_image_id TEXT,
  picture_hash BLOB NOT NULL CHECK (length(picture_hash) = 32),
  box_left REAL NOT NULL,
  box_top REAL NOT NULL,
  box_width REAL NOT NULL,
  box_height REAL NOT NULL,
  confidence REAL NOT NULL,
  face_model_version TEXT NOT NULL,
  key_slot INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, collection, id),
  FOREIGN KEY (account, region, collection, subject) REFERENCES subjects
) STRICT, WITHOUT ROWID;
INSERT INTO listed_faces (account, region, collection, id, subject, user_id, image_id, external_image_id, picture_hash,
    box_left, box_top, box_width, box_height, confidence, face_model_version, key_slot, created)
  SELECT f.account, f.region, f.collection, f.id, f.subject, s.user_id, f.image_id, f.external_image_id,
    f.picture_hash, f.box_left, f.box_top, f.box_width, f.box_height, f.confidence, f.face_model_version, f.key_slot,
    f.created
  FROM faces f JOIN subjects s ON s.account = f.account AND s.region = f.region AND s.collection = f.collection
    AND s.id = f.subject
  ORDER BY f.account, f.region, f.collection, f.id;
DROP TABLE faces;
ALTER TABLE listed_faces RENAME TO faces;
CREATE UNIQUE INDEX faces_by_slot ON faces (account, region, collection, key_slot);
CREATE INDEX faces_by_subject ON faces (account, region, collection, subject, id);
CREATE INDEX faces_by_picture ON faces (account, region, collection, picture_hash);

DROP INDEX subjects_by_user;
CREATE UNIQUE INDEX subjects_by_user ON subjects (account, region, collection, user_id) WHERE user_id IS NOT NULL;
DROP INDEX subjects_by_number;
CREATE UNIQUE INDEX subjects_by_number ON subjects (account, region, collection, number) WHERE number IS NOT NULL;
)sql";

// Blurred strangers resemble each other: what a likeness is worth depends on how sharp both faces were. Nobody knows it
// of the faces before; they count as sharp, as they did.
constexpr const char* schema_4 = R"sql(
ALTER TABLE faces ADD COLUMN sharpness REAL NOT NULL DEFAULT 100;
)sql";

constexpr Migration all_migrations[] = {
    {1, "schema 1", schema_1}, {2, "schema 2", schema_2}, {3, "schema 3", schema_3}, {4, "schema 4", schema_4}};

Result<void> take_step(Connection& connection, const Migration& step, Time now) {
  TRY(connection.execute(step.sql));
  TRY(connection.run("INSERT INTO migrations (version, name, applied) VALUES (?, ?, ?)",
                     {step.version, std::string_view(step.name), now}));
  // A pragma takes no bound parameter; the number is ours.
  return connection.execute(("PRAGMA user_version = " + std::to_string(step.version)).c_str());
}

}  // namespace

std::span<const Migration> migrations() { return all_migrations; }

Result<void> migrate(Connection& connection, std::span<const Migration> steps, Time now) {
  const std::int64_t version = TRY(connection.number("PRAGMA user_version"));
  const std::int64_t application = TRY(connection.number("PRAGMA application_id"));
  const std::int64_t tables = TRY(connection.number("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = version == 0 && application == 0 && tables == 0;
  if (!fresh && application != application_id) {
    return Error(ErrorKind::corrupt, "the database is not one of Likeness; name another data folder");
  }
  const int newest = steps.empty() ? 0 : steps.back().version;
  if (version > newest) {
    return Error(ErrorKind::unsupported, "the database has schema " + std::to_string(version) +
                                             ", made by a newer Likeness; this one knows up to " +
                                             std::to_string(newest) + ". Install the newer one, or restore a backup");
  }
  for (const Migration& step : steps) {
    if (step.version <= version) continue;
    TRY(connection.execute("BEGIN IMMEDIATE"));
    Result<void> taken = take_step(connection, step, now);
    if (taken.ok()) taken = connection.execute("COMMIT");
    if (!taken.ok()) {
      (void)connection.execute("ROLLBACK");
      return taken.error().within("migration to schema " + std::to_string(step.version));
    }
  }
  return {};
}

}  // namespace likeness::store
