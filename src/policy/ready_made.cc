#include "policy/ready_made.h"

#include <algorithm>

namespace likeness::policy {

namespace {

// Each names what it allows instead of denying the rest, so that a key may hold several of them. ready_made_test.cc has
// for each of them what it must and must not allow.
constexpr ReadyMade policies[] = {
    {.name = "admin", .note = "everything, keys and policies included", .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
  ]
}
)"},
    {.name = "auditor",
     .note = "the log, consents, reviews, keys and policies, to read; no pictures, no searches",
     .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadWhatWasDone",
      "Effect": "Allow",
      "Action": [
        "likeness:ReadLedger",
        "likeness:VerifyLedger",
        "likeness:ListAlerts",
        "likeness:ListReviews",
        "likeness:GetReview",
        "likeness:ListConsents",
        "likeness:GetConsent",
        "likeness:ListPurposes",
        "likeness:GetPurpose"
      ],
      "Resource": "*"
    },
    {
      "Sid": "ReadWhoMayDoWhat",
      "Effect": "Allow",
      "Action": [
        "likeness:ListKeys",
        "likeness:ListPolicies",
        "likeness:GetPolicy",
        "likeness:SimulatePolicy",
        "likeness:GetConfiguration"
      ],
      "Resource": "*"
    },
    {
      "Sid": "ReadWhatThereIs",
      "Effect": "Allow",
      "Action": [
        "rekognition:ListCollections",
        "rekognition:DescribeCollection",
        "rekognition:ListStreamProcessors",
        "rekognition:DescribeStreamProcessor",
        "rekognition:ListTagsForResource"
      ],
      "Resource": "*"
    }
  ]
}
)"},
    {.name = "enroll",
     .note = "to put people into collections that exist, and to record their consent; no searches",
     .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "FacesAndUsers",
      "Effect": "Allow",
      "Action": [
        "rekognition:IndexFaces",
        "rekognition:ListFaces",
        "rekognition:DeleteFaces",
        "rekognition:CreateUser",
        "rekognition:ListUsers",
        "rekognition:DeleteUser",
        "rekognition:AssociateFaces",
        "rekognition:DisassociateFaces",
        "rekognition:DescribeCollection",
        "likeness:SplitUser",
        "likeness:MergeUsers"
      ],
      "Resource": "*"
    },
    {
      "Sid": "CheckPictures",
      "Effect": "Allow",
      "Action": ["rekognition:DetectFaces", "rekognition:ListCollections"],
      "Resource": "*"
    },
    {
      "Sid": "Consent",
      "Effect": "Allow",
      "Action": [
        "likeness:PutConsent",
        "likeness:GetConsent",
        "likeness:ListConsents",
        "likeness:WithdrawConsent",
        "likeness:ListPurposes",
        "likeness:GetPurpose"
      ],
      "Resource": "*"
    }
  ]
}
)"},
    {.name = "read-only",
     .note = "to look at what there is and at the results of jobs; no searches, no changes",
     .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Look",
      "Effect": "Allow",
      "Action": ["rekognition:Describe*", "rekognition:List*", "rekognition:Get*"],
      "Resource": "*"
    },
    {
      "Sid": "Purposes",
      "Effect": "Allow",
      "Action": ["likeness:ListPurposes", "likeness:GetPurpose", "likeness:ListRejections",
        "likeness:ExplainSimilarity"],
      "Resource": "*"
    }
  ]
}
)"},
    {.name = "reviewer", .note = "to confirm and reject matches that wait for a person", .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Review",
      "Effect": "Allow",
      "Action": [
        "likeness:ListReviews",
        "likeness:GetReview",
        "likeness:DecideReview",
        "likeness:RejectMatch",
        "likeness:RetractRejection",
        "likeness:ListRejections",
        "likeness:ExplainSimilarity",
        "likeness:ListAlerts",
        "likeness:AcknowledgeAlert"
      ],
      "Resource": "*"
    },
    {
      "Sid": "SeeWhereItComesFrom",
      "Effect": "Allow",
      "Action": [
        "rekognition:ListCollections",
        "rekognition:DescribeCollection",
        "rekognition:ListStreamProcessors",
        "rekognition:DescribeStreamProcessor"
      ],
      "Resource": "*"
    }
  ]
}
)"},
    {.name = "search",
     .note = "to find and compare faces in pictures and stored videos, and search collections; no changes",
     .text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "SearchCollections",
      "Effect": "Allow",
      "Action": [
        "rekognition:SearchFaces",
        "rekognition:SearchFacesByImage",
        "rekognition:SearchUsers",
        "rekognition:SearchUsersByImage",
        "rekognition:StartFaceSearch",
        "rekognition:GetFaceSearch",
        "rekognition:DescribeCollection",
        "rekognition:ListCollections"
      ],
      "Resource": "*"
    },
    {
      "Sid": "ComparePictures",
      "Effect": "Allow",
      "Action": [
        "rekognition:CompareFaces",
        "rekognition:DetectFaces",
        "rekognition:StartFaceDetection",
        "rekognition:GetFaceDetection"
      ],
      "Resource": "*"
    }
  ]
}
)"},
};

}  // namespace

std::span<const ReadyMade> ready_made_policies() { return policies; }

const ReadyMade* find_ready_made(std::string_view name) {
  const auto* const found = std::ranges::find(policies, name, &ReadyMade::name);
  return found == std::end(policies) ? nullptr : found;
}

}  // namespace likeness::policy
