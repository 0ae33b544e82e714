//! What CloudFormation asks of a custom resource, and how it wants to be answered (AWS CloudFormation
//! User Guide, "Custom resource request types" and "Custom resource response objects").

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode, Uri};
use hyper_rustls::{ConfigBuilderExt, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::error::Cause;

/// CloudFormation keeps 4096 bytes of an answer, in which JSON may spell a byte of the reason with two.
const LONGEST_REASON: usize = 1500;
/// S3 is busy now and then. All attempts, with what lies between them, end within the margin of the run.
const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const NO_ANSWER: &str = "no answer from the ResponseURL: in a VPC without a way out it needs a gateway \
                         endpoint for S3";
/// The schema is one, whatever becomes of its versions.
const PHYSICAL_ID: &str = "latchkey-schema";

/// What CloudFormation asks.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Event {
    request_type: RequestType,
    /// Where the answer is to be put; who knows it may answer.
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum RequestType {
    Create,
    Update,
    Delete,
}

impl Debug for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("request_type", &self.request_type).finish_non_exhaustive()
    }
}

/// How it went.
#[derive(Debug)]
pub(super) enum Outcome {
    Done,
    /// And why; the operator reads it among the stack's events.
    Failed(String),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
}

impl Event {
    /// `None` for an event of anybody else's.
    pub(super) fn of(event: &Value) -> Option<Self> {
        Self::deserialize(event).ok()
    }

    pub(super) fn is_delete(&self) -> bool {
        self.request_type == RequestType::Delete
    }

    /// Puts the answer where CloudFormation waits for it.
    ///
    /// Errors: it can't be reached. Then the stack waits until its own time is over.
    pub(super) async fn answer(&self, outcome: &Outcome) -> Result<(), Cause> {
        let body = self.body(outcome);
        let mut attempt = 1;
        loop {
            let put = tokio::time::timeout(ATTEMPT_TIMEOUT, put(&self.response_url, body.clone()));
            match put.await.unwrap_or_else(|_| Err(NO_ANSWER.into())) {
                Err(error) if attempt < ATTEMPTS => {
                    tracing::warn!(%error, attempt, "CloudFormation was not told");
                    tokio::time::sleep(Duration::from_secs(attempt.into())).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    fn body(&self, outcome: &Outcome) -> String {
        let (status, reason) = match outcome {
            Outcome::Done => ("SUCCESS", None),
            Outcome::Failed(reason) => ("FAILED", Some(one_line(reason))),
        };
        let answer = Answer {
            status,
            reason,
            physical_resource_id: self.physical_resource_id.as_deref().unwrap_or(PHYSICAL_ID),
            stack_id: &self.stack_id,
            request_id: &self.request_id,
            logical_resource_id: &self.logical_resource_id,
        };
        serde_json::to_string(&answer).expect("it has string keys alone")
    }
}

fn one_line(reason: &str) -> String {
    let reason = &reason[..reason.floor_char_boundary(LONGEST_REASON)];
    reason.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// Errors never hold the URL, whose query is a signature.
async fn put(url: &str, body: String) -> Result<(), Cause> {
    let uri: Uri = url.parse().map_err(|_| "the ResponseURL is no URL")?;
    // S3 wants no content type: the signature is over an empty one.
    let request = Request::put(uri).header(CONTENT_TYPE, "").body(body)?;
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_webpki_roots()
        .with_no_client_auth();
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build::<_, String>(connector);
    let response = client.request(request).await.map_err(|_| NO_ANSWER)?;
    match response.status() {
        StatusCode::OK => Ok(()),
        status => Err(format!("the ResponseURL answered {}", status.as_u16()).into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(request_type: &str) -> Value {
        json!({
            "RequestType": request_type,
            "ResponseURL": "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=hunter2",
            "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/auth/1",
            "RequestId": "1d5e3f3b",
            "ResourceType": "Custom::Migration",
            "LogicalResourceId": "Migration",
            "ResourceProperties": { "Migrations": "abc" },
        })
    }

    #[test]
    fn an_event_of_cloudformation_is_told_from_any_other() {
        for kind in ["Create", "Update", "Delete"] {
            let request = Event::of(&event(kind)).unwrap();

            assert_eq!(request.is_delete(), kind == "Delete");
            assert!(!format!("{request:?}").contains("hunter2"));
        }
        for other in [json!({}), json!(null), json!("x"), event("Destroy")] {
            assert!(Event::of(&other).is_none());
        }
    }

    #[test]
    fn the_answer_names_what_was_asked_and_keeps_the_resources_name() {
        let mut event = event("Update");
        event["PhysicalResourceId"] = json!("its-name");
        let answer = |event: &Value, outcome: &Outcome| -> Value {
            serde_json::from_str(&Event::of(&event.clone()).unwrap().body(outcome)).unwrap()
        };

        assert_eq!(
            answer(&event, &Outcome::Done),
            json!({
                "Status": "SUCCESS",
                "PhysicalResourceId": "its-name",
                "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/auth/1",
                "RequestId": "1d5e3f3b",
                "LogicalResourceId": "Migration",
            })
        );
        event["PhysicalResourceId"] = Value::Null;
        assert_eq!(answer(&event, &Outcome::Done)["PhysicalResourceId"], PHYSICAL_ID);
    }

    #[test]
    fn a_reason_fits_into_the_answer() {
        let request = Event::of(&event("Create")).unwrap();

        for (long, kept) in [("ü", 750), ("\"", 1500), ("\u{1}", 1500)] {
            let body = request.body(&Outcome::Failed(long.repeat(3000)));

            assert!(body.len() < 4096, "{long} {}", body.len());
            let answer: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(answer["Status"], "FAILED");
            assert_eq!(answer["Reason"].as_str().unwrap().chars().count(), kept);
        }
    }
}
