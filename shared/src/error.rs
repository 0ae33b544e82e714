//! What can go wrong with a request, and how it is answered.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

static X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// What can go wrong with a request. `Display` is the public message; causes go to the log alone.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A body or query that does not fit its schema: all its issues, joined with `; `.
    #[error("{0}")]
    Validation(String),
    /// A body that is no JSON.
    #[error("Invalid JSON in request body")]
    InvalidJson,
    /// A body of a type that the endpoint does not read.
    #[error("Content-Type \"{sent}\" is not allowed. Allowed types: {allowed}")]
    UnsupportedMediaType {
        /// The header as it was sent.
        sent: String,
        /// The types that the endpoint reads, joined with `, `.
        allowed: String,
    },
    /// A body over [`crate::body::MAX_BYTES`].
    #[error("Request body is larger than {} bytes", crate::body::MAX_BYTES)]
    PayloadTooLarge,
    /// A text that the database can't hold (an unstorable character, an index entry too long).
    #[error("The request holds a text that cannot be stored")]
    UnstorableText,
    /// No `Origin` where one is needed, or `null`.
    #[error("Missing or null Origin")]
    MissingOrNullOrigin,
    /// An `Origin` or `Referer` that is not trusted.
    #[error("Invalid origin")]
    InvalidOrigin,
    /// A form on a foreign page that would sign its visitor in.
    #[error("Cross-site navigation login blocked. This request appears to be a CSRF attack.")]
    CrossSiteNavigationLoginBlocked,
    /// A URL field that is no text.
    #[error("Invalid {0}: expected a string")]
    UrlNotString(UrlField),
    /// A URL field that leads to an origin that is not trusted.
    #[error("Invalid {0}")]
    UntrustedUrl(UrlField),
    /// An address that is none, at sign-in.
    #[error("Invalid email")]
    InvalidEmail,
    /// Fewer UTF-16 code units than the setting.
    #[error("Password too short")]
    PasswordTooShort,
    /// More UTF-16 code units than the setting.
    #[error("Password too long")]
    PasswordTooLong,
    /// Unknown e-mail or wrong password; never says which.
    #[error("Invalid email or password")]
    InvalidEmailOrPassword,
    /// The address belongs to somebody.
    #[error("User already exists. Use another email.")]
    UserAlreadyExists,
    /// The user went away while signing in.
    #[error("Failed to create session")]
    FailedToCreateSession,
    /// A counter is full.
    #[error("Too many requests. Please try again later.")]
    TooManyRequests {
        /// When it is worth another try; at least 1.
        retry_after_secs: u64,
    },
    /// Too many hashes are under way.
    #[error("Too many requests are being processed. Please try again later.")]
    Busy,
    /// Postgres or Secrets Manager is away; the cause is for the log.
    #[error("The service is unavailable. Please try again later.")]
    Unavailable(#[source] Cause),
    /// Our fault.
    #[error("Internal Server Error")]
    Internal(#[source] Cause),
}

/// Why a request failed on our side; for the log alone.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A field of a body that holds a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlField {
    /// `callbackURL`, of the body or the query.
    Callback,
    /// `redirectTo`.
    Redirect,
    /// `errorCallbackURL`.
    ErrorCallback,
    /// `newUserCallbackURL`.
    NewUserCallback,
}

impl std::fmt::Display for UrlField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Callback => "callbackURL",
            Self::Redirect => "redirectURL",
            Self::ErrorCallback => "errorCallbackURL",
            Self::NewUserCallback => "newUserCallbackURL",
        })
    }
}

impl Error {
    /// Status and stable code, a row a variant: read it as the API's error contract.
    fn wire(&self) -> (StatusCode, Option<&'static str>) {
        let (status, code) = match self {
            Self::Validation(_) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
            Self::InvalidJson | Self::UnstorableText => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
            }
            Self::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"),
            Self::MissingOrNullOrigin => (StatusCode::FORBIDDEN, "MISSING_OR_NULL_ORIGIN"),
            Self::InvalidOrigin => (StatusCode::FORBIDDEN, "INVALID_ORIGIN"),
            Self::CrossSiteNavigationLoginBlocked => {
                (StatusCode::FORBIDDEN, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED")
            }
            Self::UrlNotString(_) => return (StatusCode::BAD_REQUEST, None),
            Self::UntrustedUrl(field) => (
                StatusCode::FORBIDDEN,
                match field {
                    UrlField::Callback => "INVALID_CALLBACK_URL",
                    UrlField::Redirect => "INVALID_REDIRECT_URL",
                    UrlField::ErrorCallback => "INVALID_ERROR_CALLBACK_URL",
                    UrlField::NewUserCallback => "INVALID_NEW_USER_CALLBACK_URL",
                },
            ),
            Self::InvalidEmail => (StatusCode::BAD_REQUEST, "INVALID_EMAIL"),
            Self::PasswordTooShort => (StatusCode::BAD_REQUEST, "PASSWORD_TOO_SHORT"),
            Self::PasswordTooLong => (StatusCode::BAD_REQUEST, "PASSWORD_TOO_LONG"),
            Self::InvalidEmailOrPassword => (StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD"),
            Self::UserAlreadyExists => {
                (StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
            }
            Self::FailedToCreateSession => (StatusCode::UNAUTHORIZED, "FAILED_TO_CREATE_SESSION"),
            Self::TooManyRequests { .. } => return (StatusCode::TOO_MANY_REQUESTS, None),
            Self::Busy | Self::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE")
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR"),
        };
        (status, Some(code))
    }

    /// A counter is full for so many milliseconds.
    pub fn too_many_requests(wait_ms: i64) -> Self {
        Self::TooManyRequests { retry_after_secs: wait_ms.max(1).unsigned_abs().div_ceil(1000) }
    }

    /// A fault of ours that no caller can mend.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// Something that the service needs is away; a later try may find it back.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }
}

impl From<sqlx::Error> for Error {
    /// A lost, refused or overloaded database is 503, a text that it can't hold is 400, and the
    /// rest is a bug. Classes are those of PostgreSQL's appendix A, "Error Codes".
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};

        match &error {
            Io(_) | PoolClosed | PoolTimedOut | Protocol(_) | Tls(_) | WorkerCrashed => {
                Self::unavailable(error)
            }
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // Data exception (a NUL, a character outside the encoding); program limit
                // exceeded. Their messages can quote the value, so the cause is dropped.
                Some(code) if code.starts_with("22") || code.starts_with("54") => {
                    Self::UnstorableText
                }
                // Connection, sign-in, no such database, read-only after a failover, rolled back,
                // resources, lock not had, shut down, system.
                Some(code)
                    if ["08", "28", "3D", "25006", "40", "53", "55P03", "57", "58"]
                        .iter()
                        .any(|class| code.starts_with(class)) =>
                {
                    Self::unavailable(error)
                }
                _ => Self::internal(error),
            },
            _ => Self::internal(error),
        }
    }
}

/// The body of every error: the message first, as at Better Auth.
#[derive(Serialize)]
struct ErrorBody {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Unavailable(cause) | Self::Internal(cause) = &self {
            tracing::error!(error = %chain(cause.as_ref()), "request failed");
        }
        if matches!(self, Self::Busy) {
            tracing::warn!("too many passwords are being hashed; a request was turned away");
        }
        let (status, code) = self.wire();
        let mut response = json(status, &ErrorBody { message: self.to_string(), code });
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // Long enough for a failover to be noticed, short enough for a person to wait.
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Self::TooManyRequests { retry_after_secs } = self {
            // Better Auth's header, and the standard's (RFC 9110, section 10.2.3).
            for name in [&X_RETRY_AFTER, &RETRY_AFTER] {
                response.headers_mut().insert(name.clone(), retry_after_secs.into());
            }
        }
        response
    }
}

/// A JSON answer with `content-type: application/json`.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("our own types serialise");
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

/// An error and what caused it, in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_database_is_503_with_retry_after() {
        let response = Error::from(sqlx::Error::PoolTimedOut).into_response();

        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
    }

    #[test]
    fn a_full_counter_is_429_with_the_wait_rounded_up() {
        for (wait_ms, secs) in [(1, "1"), (1000, "1"), (1001, "2"), (900_000, "900"), (-5, "1")] {
            let response = Error::too_many_requests(wait_ms).into_response();

            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()[RETRY_AFTER], secs);
            assert_eq!(response.headers()["x-retry-after"], secs);
        }
    }

    #[test]
    fn a_bug_is_500_and_says_nothing_of_its_cause() {
        let error = Error::from(sqlx::Error::ColumnNotFound("secret_column".into()));

        assert_eq!(error.to_string(), "Internal Server Error");
        assert_eq!(error.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
