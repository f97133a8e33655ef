// The AWS SDK for JavaScript v3, as an application uses it, against a running server. tests/nightly/test_clients.py starts
// it and knows the names of the checks. Options: --endpoint URL (without it, the SDK's own configuration decides),
// --throttled URL, --pictures FOLDER, --denied-key ID and --denied-secret SECRET (of a key that may do nothing; without
// them there is none), --collections (they must work; without it they may be unsupported).
// Prints a line for each check; ends with 1 if one failed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import {
  AccessDeniedException, CompareFacesCommand, CreateCollectionCommand, CreateProjectCommand, DeleteCollectionCommand,
  DetectFacesCommand, ImageTooLargeException, InvalidImageFormatException, InvalidParameterException, paginateListCollections,
  RekognitionClient, RekognitionServiceException, ResourceAlreadyExistsException, ResourceNotFoundException,
  ThrottlingException,
} from "@aws-sdk/client-rekognition";

const { values: options } = parseArgs({
  options: {
    endpoint: { type: "string" }, throttled: { type: "string" }, pictures: { type: "string" },
    "denied-key": { type: "string" }, "denied-secret": { type: "string" },
    collections: { type: "boolean", default: false },
  },
});
const picture = (name) => readFileSync(join(options.pictures, name));
const portrait = { Bytes: picture("obama.jpg") };
const make = (more = {}) => new RekognitionClient(options.endpoint ? { endpoint: options.endpoint, ...more } : more);
const client = make();

// The error that the call must end with, of that class.
async function error(call, type, name = type.name) {
  const thrown = await call.then(() => assert.fail(`no ${name}`), (caught) => caught);
  assert.ok(thrown instanceof type, `${thrown.name}: ${thrown.message}`);
  assert.equal(thrown.name, name);
  assert.ok(thrown.message.length > 0);
  assert.equal(thrown.$metadata.httpStatusCode, 400);
  assert.match(thrown.$metadata.requestId, /^[0-9a-f-]{36}$/);
  return thrown;
}

const checks = {
  async detect_faces() {
    const answer = await client.send(new DetectFacesCommand({ Image: portrait, Attributes: ["ALL"] }));
    assert.equal(answer.FaceDetails.length, 1);
    const [face] = answer.FaceDetails;
    assert.ok(face.BoundingBox.Left > 0.3 && face.BoundingBox.Left < 0.5, `Left ${face.BoundingBox.Left}`);
    assert.ok(face.Confidence > 90 && face.Confidence <= 100);
    assert.ok(face.Landmarks.some((landmark) => landmark.Type === "eyeLeft" && landmark.X > 0.3));
    assert.equal(typeof face.Smile.Value, "boolean");
    assert.ok(Math.abs(face.Pose.Yaw) < 45);
    assert.match(answer.$metadata.requestId, /^[0-9a-f-]{36}$/);
  },
  async compare_faces() {
    const same = await client.send(new CompareFacesCommand({
      SourceImage: portrait, TargetImage: { Bytes: picture("obama2.jpg") }, SimilarityThreshold: 85,
    }));
    assert.equal(same.FaceMatches.length, 1);
    assert.ok(same.FaceMatches[0].Similarity >= 85);
    const other = await client.send(new CompareFacesCommand({
      SourceImage: portrait, TargetImage: { Bytes: picture("biden.jpg") },
    }));
    assert.deepEqual([other.FaceMatches.length, other.UnmatchedFaces.length], [0, 1]);
  },
  async invalid_parameter() {
    const call = client.send(new CompareFacesCommand({
      SourceImage: portrait, TargetImage: portrait, SimilarityThreshold: 101,
    }));
    const { message } = await error(call, InvalidParameterException);
    assert.ok(message.includes("similarityThreshold"), message);
  },
  async invalid_image_format() {
    const call = client.send(new DetectFacesCommand({ Image: { Bytes: Buffer.from("no picture") } }));
    await error(call, InvalidImageFormatException);
  },
  async image_too_large() {
    const call = client.send(new DetectFacesCommand({ Image: { Bytes: Buffer.alloc(14_000_000) } }));
    await error(call, ImageTooLargeException);
  },
  async unknown_key() {
    const stranger = make({ credentials: { accessKeyId: "AKIDNOBODY", secretAccessKey: "nothing" } });
    const call = stranger.send(new DetectFacesCommand({ Image: portrait }));
    await error(call, RekognitionServiceException, "UnrecognizedClientException");
  },
  async wrong_secret() {
    const credentials = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: "wrong" };
    const call = make({ credentials }).send(new DetectFacesCommand({ Image: portrait }));
    await error(call, RekognitionServiceException, "InvalidSignatureException");
  },
  async access_denied() {
    if (!options["denied-key"]) return "no such key";
    const credentials = { accessKeyId: options["denied-key"], secretAccessKey: options["denied-secret"] };
    const call = make({ credentials }).send(new DetectFacesCommand({ Image: portrait }));
    const { message } = await error(call, AccessDeniedException);
    assert.ok(message.includes("rekognition:DetectFaces"), message);
  },
  async unsupported_operation() {
    const call = client.send(new CreateProjectCommand({ ProjectName: "p" }));
    const { message } = await error(call, RekognitionServiceException, "UnsupportedOperationException");
    assert.ok(message.includes("CreateProject"), message);
  },
  async retries_when_throttled() {
    const answer = await make({ endpoint: options.throttled }).send(new DetectFacesCommand({ Image: portrait }));
    assert.equal(answer.FaceDetails.length, 1);
    assert.equal(answer.$metadata.attempts, 3);
  },
  async throttled_without_retries() {
    const call = make({ endpoint: options.throttled, maxAttempts: 1 }).send(new DetectFacesCommand({ Image: portrait }));
    await error(call, ThrottlingException);
  },
  async collections() {
    const ids = [1, 2, 3].map((number) => `client-javascript-${process.pid}-${number}`);
    try {
      await client.send(new CreateCollectionCommand({ CollectionId: ids[0], Tags: { from: "javascript" } }));
    } catch (caught) {
      if (!options.collections && caught.name === "UnsupportedOperationException") return "unsupported";
      throw caught;
    }
    await error(client.send(new CreateCollectionCommand({ CollectionId: ids[0] })), ResourceAlreadyExistsException);
    for (const id of ids.slice(1)) {
      const answer = await client.send(new CreateCollectionCommand({ CollectionId: id }));
      assert.equal(answer.StatusCode, 200);
      assert.ok(answer.CollectionArn.endsWith(`:collection/${id}`), answer.CollectionArn);
    }
    const listed = [];
    for await (const page of paginateListCollections({ client, pageSize: 1 }, {})) {
      assert.ok(page.CollectionIds.length <= 1);
      listed.push(...page.CollectionIds);
    }
    assert.deepEqual(listed.filter((id) => ids.includes(id)), ids);
    for (const id of ids) await client.send(new DeleteCollectionCommand({ CollectionId: id }));
    await error(client.send(new DeleteCollectionCommand({ CollectionId: ids[0] })), ResourceNotFoundException);
  },
};

let failed = false;
for (const [name, check] of Object.entries(checks)) {
  try {
    console.log(`ok ${name} ${(await check()) ?? ""}`.trimEnd());
  } catch (caught) {
    failed = true;
    console.log(`FAILED ${name}: ${caught.stack}`);
  }
}
process.exit(failed ? 1 : 0);
