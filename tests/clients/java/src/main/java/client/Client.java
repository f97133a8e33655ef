package client;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.rekognition.RekognitionClient;
import software.amazon.awssdk.services.rekognition.RekognitionClientBuilder;
import software.amazon.awssdk.services.rekognition.model.AccessDeniedException;
import software.amazon.awssdk.services.rekognition.model.Attribute;
import software.amazon.awssdk.services.rekognition.model.CompareFacesResponse;
import software.amazon.awssdk.services.rekognition.model.DetectFacesResponse;
import software.amazon.awssdk.services.rekognition.model.FaceDetail;
import software.amazon.awssdk.services.rekognition.model.Image;
import software.amazon.awssdk.services.rekognition.model.ImageTooLargeException;
import software.amazon.awssdk.services.rekognition.model.InvalidImageFormatException;
import software.amazon.awssdk.services.rekognition.model.InvalidParameterException;
import software.amazon.awssdk.services.rekognition.model.LandmarkType;
import software.amazon.awssdk.services.rekognition.model.RekognitionException;
import software.amazon.awssdk.services.rekognition.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.rekognition.model.ResourceNotFoundException;
import software.amazon.awssdk.services.rekognition.model.ThrottlingException;

/**
 * The AWS SDK for Java v2, as an application uses it, against a running server. tests/nightly/test_clients.py starts it and
 * knows the names of the checks. Options: --endpoint URL (without it, the SDK's own configuration decides), --throttled URL,
 * --pictures FOLDER, --denied-key ID and --denied-secret SECRET (of a key that may do nothing; without them there is none),
 * --collections (they must work; without it they may be unsupported). Prints a line for each check; ends with 1 if one failed.
 */
public final class Client {
  private interface Check {
    String run() throws Exception;
  }

  private final Map<String, String> options;
  private final Path pictures;
  private final RekognitionClient client;

  private Client(Map<String, String> options) {
    this.options = options;
    pictures = Path.of(options.get("--pictures"));
    client = make(builder -> {});
  }

  private RekognitionClient make(Consumer<RekognitionClientBuilder> more) {
    RekognitionClientBuilder builder = RekognitionClient.builder();
    Optional.ofNullable(options.get("--endpoint")).map(URI::create).ifPresent(builder::endpointOverride);
    more.accept(builder);
    return builder.build();
  }

  private static Consumer<RekognitionClientBuilder> as(String id, String secret) {
    return builder -> builder.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)));
  }

  private Image picture(String name) throws Exception {
    return image(Files.readAllBytes(pictures.resolve(name)));
  }

  private static Image image(byte[] data) {
    return Image.builder().bytes(SdkBytes.fromByteArray(data)).build();
  }

  private static void need(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise);
  }

  /** The call must end with an error of exactly that class and code, with status 400, a message and a request id. */
  private static RekognitionException refused(Class<? extends RekognitionException> type, String code, Check call)
      throws Exception {
    try {
      call.run();
    } catch (RekognitionException caught) {
      need(caught.getClass() == type, caught.getClass() + ": " + caught.getMessage());
      need(code.equals(caught.awsErrorDetails().errorCode()), caught.awsErrorDetails().errorCode() + ", not " + code);
      need(!caught.awsErrorDetails().errorMessage().isEmpty(), "no message");
      need(caught.statusCode() == 400, "status " + caught.statusCode());
      need(caught.requestId().matches("[0-9a-f-]{36}"), "request id " + caught.requestId());
      return caught;
    }
    throw new AssertionError("no " + code);
  }

  private static RekognitionException refused(Class<? extends RekognitionException> type, Check call) throws Exception {
    return refused(type, type.getSimpleName(), call);
  }

  private static Check detect(RekognitionClient of, Image image) {
    return () -> of.detectFaces(request -> request.image(image)).toString();
  }

  private String detectFaces() throws Exception {
    Image portrait = picture("obama.jpg");
    DetectFacesResponse answer = client.detectFaces(request -> request.image(portrait).attributes(Attribute.ALL));
    need(answer.faceDetails().size() == 1, answer.faceDetails().size() + " faces");
    FaceDetail face = answer.faceDetails().get(0);
    need(face.boundingBox().left() > 0.3 && face.boundingBox().left() < 0.5, "Left " + face.boundingBox().left());
    need(face.confidence() > 90 && face.confidence() <= 100, "Confidence " + face.confidence());
    need(face.landmarks().stream().anyMatch(mark -> mark.type() == LandmarkType.EYE_LEFT && mark.x() > 0.3), "no eyeLeft");
    need(face.smile() != null && face.smile().value() != null, "no Smile");
    need(Math.abs(face.pose().yaw()) < 45, "Yaw " + face.pose().yaw());
    need(answer.responseMetadata().requestId().matches("[0-9a-f-]{36}"), "no request id");
    return "";
  }

  private CompareFacesResponse compare(String target, float threshold) throws Exception {
    Image portrait = picture("obama.jpg");
    Image other = picture(target);
    return client.compareFaces(request -> request.sourceImage(portrait).targetImage(other).similarityThreshold(threshold));
  }

  private String compareFaces() throws Exception {
    CompareFacesResponse same = compare("obama2.jpg", 85);
    need(same.faceMatches().size() == 1 && same.faceMatches().get(0).similarity() >= 85, "not the same: " + same);
    CompareFacesResponse other = compare("biden.jpg", 80);
    need(other.faceMatches().isEmpty() && other.unmatchedFaces().size() == 1, "not another: " + other);
    return "";
  }

  private String invalidParameter() throws Exception {
    RekognitionException error = refused(InvalidParameterException.class, () -> compare("obama.jpg", 101).toString());
    need(error.awsErrorDetails().errorMessage().contains("similarityThreshold"), error.getMessage());
    return "";
  }

  private String invalidImageFormat() throws Exception {
    refused(InvalidImageFormatException.class, detect(client, image("no picture".getBytes())));
    return "";
  }

  private String imageTooLarge() throws Exception {
    refused(ImageTooLargeException.class, detect(client, image(new byte[14_000_000])));
    return "";
  }

  private String unknownKey() throws Exception {
    Check call = detect(make(as("AKIDNOBODY", "nothing")), picture("obama.jpg"));
    refused(RekognitionException.class, "UnrecognizedClientException", call);
    return "";
  }

  private String wrongSecret() throws Exception {
    Check call = detect(make(as(System.getenv("AWS_ACCESS_KEY_ID"), "wrong")), picture("obama.jpg"));
    refused(RekognitionException.class, "InvalidSignatureException", call);
    return "";
  }

  private String accessDenied() throws Exception {
    if (!options.containsKey("--denied-key")) return "no such key";
    Check call = detect(make(as(options.get("--denied-key"), options.get("--denied-secret"))), picture("obama.jpg"));
    RekognitionException error = refused(AccessDeniedException.class, call);
    need(error.awsErrorDetails().errorMessage().contains("rekognition:DetectFaces"), error.getMessage());
    return "";
  }

  private String unsupportedOperation() throws Exception {
    refused(RekognitionException.class, "UnsupportedOperationException",
        () -> client.createProject(request -> request.projectName("p")).toString());
    return "";
  }

  /** Counts the requests that leave the SDK. */
  private static final class Attempts implements ExecutionInterceptor {
    private int count;

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      ++count;
    }
  }

  private Consumer<RekognitionClientBuilder> atThrottled(Attempts attempts) {
    return builder -> builder.endpointOverride(URI.create(options.get("--throttled")))
        .overrideConfiguration(more -> more.addExecutionInterceptor(attempts));
  }

  private String retriesWhenThrottled() throws Exception {
    Attempts attempts = new Attempts();
    Image portrait = picture("obama.jpg");
    DetectFacesResponse answer = make(atThrottled(attempts)).detectFaces(request -> request.image(portrait));
    need(answer.faceDetails().size() == 1, answer.faceDetails().size() + " faces");
    need(attempts.count == 3, attempts.count + " attempts");
    return "";
  }

  private String throttledWithoutRetries() throws Exception {
    RekognitionClient once = make(builder -> builder.endpointOverride(URI.create(options.get("--throttled")))
        .overrideConfiguration(more -> more.retryStrategy(retries -> retries.maxAttempts(1))));
    refused(ThrottlingException.class, detect(once, picture("obama.jpg")));
    return "";
  }

  private void create(String id) {
    int status = client.createCollection(request -> request.collectionId(id).tags(Map.of("from", "java"))).statusCode();
    need(status == 200, "StatusCode " + status);
  }

  private String collections() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int number = 1; number <= 3; ++number) ids.add("client-java-" + ProcessHandle.current().pid() + "-" + number);
    try {
      create(ids.get(0));
    } catch (RekognitionException caught) {
      boolean may = !options.containsKey("--collections");
      if (may && caught.awsErrorDetails().errorCode().equals("UnsupportedOperationException")) return "unsupported";
      throw caught;
    }
    refused(ResourceAlreadyExistsException.class, () -> { create(ids.get(0)); return ""; });
    ids.subList(1, 3).forEach(this::create);
    List<String> listed = new ArrayList<>();
    client.listCollectionsPaginator(request -> request.maxResults(1)).forEach(page -> {
      need(page.collectionIds().size() <= 1, "a page of " + page.collectionIds().size());
      listed.addAll(page.collectionIds());
    });
    listed.retainAll(ids);
    need(listed.equals(ids), "listed " + listed);
    ids.forEach(id -> client.deleteCollection(request -> request.collectionId(id)));
    refused(ResourceNotFoundException.class,
        () -> client.deleteCollection(request -> request.collectionId(ids.get(0))).toString());
    return "";
  }

  private Map<String, Check> checks() {
    Map<String, Check> all = new LinkedHashMap<>();
    all.put("detect_faces", this::detectFaces);
    all.put("compare_faces", this::compareFaces);
    all.put("invalid_parameter", this::invalidParameter);
    all.put("invalid_image_format", this::invalidImageFormat);
    all.put("image_too_large", this::imageTooLarge);
    all.put("unknown_key", this::unknownKey);
    all.put("wrong_secret", this::wrongSecret);
    all.put("access_denied", this::accessDenied);
    all.put("unsupported_operation", this::unsupportedOperation);
    all.put("retries_when_throttled", this::retriesWhenThrottled);
    all.put("throttled_without_retries", this::throttledWithoutRetries);
    all.put("collections", this::collections);
    return all;
  }

  private static Map<String, String> parse(String[] arguments) {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; ++i) {
      options.put(arguments[i], arguments[i].equals("--collections") ? "" : arguments[++i]);
    }
    return options;
  }

  public static void main(String[] arguments) {
    boolean failed = false;
    for (Map.Entry<String, Check> check : new Client(parse(arguments)).checks().entrySet()) {
      try {
        System.out.println(("ok " + check.getKey() + " " + check.getValue().run()).trim());
      } catch (Exception | AssertionError caught) {
        failed = true;
        System.out.println("FAILED " + check.getKey() + ": " + caught);
      }
    }
    System.exit(failed ? 1 : 0);
  }
}
