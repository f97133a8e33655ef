// The AWS SDK for Go v2, as an application uses it, against a running server. tests/nightly/test_clients.py starts it
// and knows the names of the checks. Options: -endpoint URL (without it, the SDK's own configuration decides),
// -throttled URL, -pictures FOLDER, -denied-key ID and -denied-secret SECRET (of a key that may do nothing; without them
// there is none), -collections (they must work; without it they may be unsupported).
// Prints a line for each check; ends with 1 if one failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rekognition"
	"github.com/aws/aws-sdk-go-v2/service/rekognition/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

var (
	endpoint    = flag.String("endpoint", "", "of the server; empty: from the environment")
	throttled   = flag.String("throttled", "", "of a gate that throttles two requests of three")
	pictures    = flag.String("pictures", "", "folder")
	deniedKey   = flag.String("denied-key", "", "of a key that may do nothing")
	deniedWith  = flag.String("denied-secret", "", "its secret")
	collections = flag.Bool("collections", false, "collections must work")
	ctx         = context.Background()
)

func picture(name string) *types.Image {
	data, err := os.ReadFile(filepath.Join(*pictures, name))
	if err != nil {
		panic(err)
	}
	return &types.Image{Bytes: data}
}

func client(more ...func(*rekognition.Options)) *rekognition.Client {
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	at := func(options *rekognition.Options) {
		if *endpoint != "" {
			options.BaseEndpoint = endpoint
		}
	}
	return rekognition.NewFromConfig(loaded, append([]func(*rekognition.Options){at}, more...)...)
}

func as(id, secret string) func(*rekognition.Options) {
	return func(options *rekognition.Options) {
		options.Credentials = credentials.NewStaticCredentialsProvider(id, secret, "")
	}
}

func atThrottled(options *rekognition.Options) { options.BaseEndpoint = throttled }

// need says what was not as it should be.
func need(holds bool, format string, values ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, values...)
}

// refused is nil if err is of the type T, with that code and status 400; T is a modelled type or smithy.APIError.
func refused[T error](err error, code string) error {
	var typed T
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	if err == nil || !errors.As(err, &typed) || !errors.As(err, &api) || !errors.As(err, &response) {
		return fmt.Errorf("not %s (%T) but %w", code, typed, err)
	}
	return errors.Join(need(api.ErrorCode() == code, "%s, not %s", api.ErrorCode(), code),
		need(api.ErrorMessage() != "", "no message"),
		need(response.HTTPStatusCode() == 400, "status %d", response.HTTPStatusCode()))
}

func detectFaces() (string, error) {
	answer, err := client().DetectFaces(ctx, &rekognition.DetectFacesInput{
		Image: picture("obama.jpg"), Attributes: []types.Attribute{types.AttributeAll}})
	if err != nil {
		return "", err
	}
	if len(answer.FaceDetails) != 1 {
		return "", fmt.Errorf("%d faces", len(answer.FaceDetails))
	}
	face := answer.FaceDetails[0]
	left := *face.BoundingBox.Left
	eye := slices.ContainsFunc(face.Landmarks, func(landmark types.Landmark) bool {
		return landmark.Type == types.LandmarkTypeEyeLeft && *landmark.X > 0.3
	})
	return "", errors.Join(need(left > 0.3 && left < 0.5, "Left %f", left),
		need(*face.Confidence > 90 && *face.Confidence <= 100, "Confidence %f", *face.Confidence),
		need(eye, "no eyeLeft"), need(face.Smile != nil, "no Smile"),
		need(math.Abs(float64(*face.Pose.Yaw)) < 45, "Yaw %f", *face.Pose.Yaw))
}

func compare(target string) (*rekognition.CompareFacesOutput, error) {
	return client().CompareFaces(ctx, &rekognition.CompareFacesInput{
		SourceImage: picture("obama.jpg"), TargetImage: picture(target), SimilarityThreshold: aws.Float32(85)})
}

func compareFaces() (string, error) {
	same, err := compare("obama2.jpg")
	if err != nil {
		return "", err
	}
	other, err := compare("biden.jpg")
	if err != nil {
		return "", err
	}
	return "", errors.Join(
		need(len(same.FaceMatches) == 1 && *same.FaceMatches[0].Similarity >= 85, "%d matches", len(same.FaceMatches)),
		need(len(other.FaceMatches) == 0 && len(other.UnmatchedFaces) == 1, "%d matches with another person",
			len(other.FaceMatches)))
}

func invalidParameter() (string, error) {
	_, err := client().CompareFaces(ctx, &rekognition.CompareFacesInput{SourceImage: picture("obama.jpg"),
		TargetImage: picture("obama.jpg"), SimilarityThreshold: aws.Float32(101)})
	return "", refused[*types.InvalidParameterException](err, "InvalidParameterException")
}

func detect(of *rekognition.Client, data []byte) error {
	_, err := of.DetectFaces(ctx, &rekognition.DetectFacesInput{Image: &types.Image{Bytes: data}})
	return err
}

func invalidImageFormat() (string, error) {
	err := detect(client(), []byte("no picture"))
	return "", refused[*types.InvalidImageFormatException](err, "InvalidImageFormatException")
}

func imageTooLarge() (string, error) {
	err := detect(client(), make([]byte, 14_000_000))
	return "", refused[*types.ImageTooLargeException](err, "ImageTooLargeException")
}

func unknownKey() (string, error) {
	err := detect(client(as("AKIDNOBODY", "nothing")), picture("obama.jpg").Bytes)
	return "", refused[smithy.APIError](err, "UnrecognizedClientException")
}

func wrongSecret() (string, error) {
	err := detect(client(as(os.Getenv("AWS_ACCESS_KEY_ID"), "wrong")), picture("obama.jpg").Bytes)
	return "", refused[smithy.APIError](err, "InvalidSignatureException")
}

func accessDenied() (string, error) {
	if *deniedKey == "" {
		return "no such key", nil
	}
	err := detect(client(as(*deniedKey, *deniedWith)), picture("obama.jpg").Bytes)
	return "", refused[*types.AccessDeniedException](err, "AccessDeniedException")
}

func unsupportedOperation() (string, error) {
	_, err := client().CreateProject(ctx, &rekognition.CreateProjectInput{ProjectName: aws.String("p")})
	return "", refused[smithy.APIError](err, "UnsupportedOperationException")
}

func retriesWhenThrottled() (string, error) {
	answer, err := client(atThrottled).DetectFaces(ctx, &rekognition.DetectFacesInput{Image: picture("obama.jpg")})
	if err != nil {
		return "", err
	}
	attempts, _ := retry.GetAttemptResults(answer.ResultMetadata)
	return "", errors.Join(need(len(answer.FaceDetails) == 1, "%d faces", len(answer.FaceDetails)),
		need(len(attempts.Results) == 3, "%d attempts", len(attempts.Results)))
}

func throttledWithoutRetries() (string, error) {
	once := func(options *rekognition.Options) { options.RetryMaxAttempts = 1 }
	err := detect(client(atThrottled, once), picture("obama.jpg").Bytes)
	return "", refused[*types.ThrottlingException](err, "ThrottlingException")
}

func create(of *rekognition.Client, id string) error {
	_, err := of.CreateCollection(ctx, &rekognition.CreateCollectionInput{CollectionId: &id,
		Tags: map[string]string{"from": "go"}})
	return err
}

func listed(of *rekognition.Client) ([]string, error) {
	var found []string
	pages := rekognition.NewListCollectionsPaginator(of, &rekognition.ListCollectionsInput{MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if len(page.CollectionIds) > 1 {
			return nil, fmt.Errorf("a page of %d", len(page.CollectionIds))
		}
		found = append(found, page.CollectionIds...)
	}
	return found, nil
}

func someCollections() (string, error) {
	of := client()
	var ids []string
	for number := range 3 {
		ids = append(ids, fmt.Sprintf("client-go-%d-%d", os.Getpid(), number))
	}
	err := create(of, ids[0])
	var api smithy.APIError
	if !*collections && errors.As(err, &api) && api.ErrorCode() == "UnsupportedOperationException" {
		return "unsupported", nil
	}
	if err != nil {
		return "", err
	}
	again := refused[*types.ResourceAlreadyExistsException](create(of, ids[0]), "ResourceAlreadyExistsException")
	if err := errors.Join(again, create(of, ids[1]), create(of, ids[2])); err != nil {
		return "", err
	}
	all, err := listed(of)
	if err != nil {
		return "", err
	}
	all = slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(ids, id) })
	if !slices.Equal(all, ids) {
		return "", fmt.Errorf("listed %v", all)
	}
	for _, id := range ids {
		if _, err := of.DeleteCollection(ctx, &rekognition.DeleteCollectionInput{CollectionId: &id}); err != nil {
			return "", err
		}
	}
	_, err = of.DeleteCollection(ctx, &rekognition.DeleteCollectionInput{CollectionId: &ids[0]})
	return "", refused[*types.ResourceNotFoundException](err, "ResourceNotFoundException")
}

func main() {
	flag.Parse()
	failed := false
	for _, check := range []struct {
		name string
		run  func() (string, error)
	}{
		{"detect_faces", detectFaces}, {"compare_faces", compareFaces}, {"invalid_parameter", invalidParameter},
		{"invalid_image_format", invalidImageFormat}, {"image_too_large", imageTooLarge}, {"unknown_key", unknownKey},
		{"wrong_secret", wrongSecret}, {"access_denied", accessDenied}, {"unsupported_operation", unsupportedOperation},
		{"retries_when_throttled", retriesWhenThrottled}, {"throttled_without_retries", throttledWithoutRetries},
		{"collections", someCollections},
	} {
		if note, err := check.run(); err != nil {
			failed = true
			fmt.Printf("FAILED %s: %v\n", check.name, err)
		} else {
			fmt.Println(strings.TrimSpace("ok " + check.name + " " + note))
		}
	}
	if failed {
		os.Exit(1)
	}
}
