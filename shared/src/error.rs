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
    /// A field that holds an array or an object, in a body too large to keep it.
    #[error("A field that holds an array or an object is too large")]
    NestedTooLarge,
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
    /// One of those that everybody tries first.
    #[error("Password is too common: it is among the first that are tried. Choose another one")]
    PasswordTooCommon,
    /// Unknown e-mail or wrong password; never says which.
    #[error("Invalid email or password")]
    InvalidEmailOrPassword,
    /// The address belongs to somebody.
    #[error("User already exists. Use another email.")]
    UserAlreadyExists,
    /// Signing in with passwords is switched off.
    #[error("Email and password is not enabled")]
    EmailPasswordDisabled,
    /// Signing up is switched off.
    #[error("Email and password sign up is not enabled")]
    SignUpDisabled,
    /// The right password of somebody whose address is not proven, where it has to be.
    #[error("Email not verified")]
    EmailNotVerified,
    /// An additional field that is required.
    #[error("{0} is required")]
    MissingField(String),
    /// An additional field that no request may set.
    #[error("{0} is not allowed to be set")]
    FieldNotAllowed(String),
    /// Nobody is signed in, where somebody has to be.
    #[error("Unauthorized")]
    Unauthorized,
    /// The session was begun too long ago.
    #[error("Session is not fresh")]
    SessionNotFresh,
    /// The same for deleting an account.
    #[error("Session expired. Re-authenticate to perform this action.")]
    SessionTooOld,
    /// The session went away meanwhile.
    #[error("Failed to get session")]
    SessionGone,
    /// `POST /get-session` without a setting that makes it of use.
    #[error("POST method requires deferSessionRefresh to be enabled in session config")]
    DeferredRefreshDisabled,
    /// An update that changes nothing.
    #[error("No fields to update")]
    NoFieldsToUpdate,
    /// An address where none may be sent.
    #[error("Email can not be updated")]
    EmailNotUpdatable,
    /// The user signs in without a password.
    #[error("Credential account not found")]
    CredentialNotFound,
    /// A wrong password of somebody who is signed in.
    #[error("Invalid password")]
    InvalidPassword,
    /// No mail can be sent that would reset a password.
    #[error("Reset password isn't enabled")]
    ResetPasswordDisabled,
    /// A reset token that is unknown, expired or used.
    #[error("Invalid token")]
    InvalidResetToken,
    /// The user of a reset token is gone.
    #[error("User not found")]
    ResetUserNotFound,
    /// No mail can be sent that would prove an address.
    #[error("Verification email isn't enabled")]
    VerificationDisabled,
    /// Another address than that of who is signed in.
    #[error("Email mismatch")]
    EmailMismatch,
    /// The address is proven already.
    #[error("Email is already verified")]
    EmailAlreadyVerified,
    /// A verification token that is none of ours, or not for this user.
    #[error("Invalid token")]
    InvalidVerificationToken,
    /// A verification token whose time is over.
    #[error("Token expired")]
    TokenExpired,
    /// The user of a verification token is gone.
    #[error("User not found")]
    UserNotFound,
    /// Somebody else is signed in.
    #[error("Invalid user")]
    InvalidUser,
    /// Changing addresses is switched off.
    #[error("Change email is disabled")]
    ChangeEmailDisabled,
    /// The new address is the old one.
    #[error("Email is the same")]
    EmailIsTheSame,
    /// No way to change an address is set up.
    #[error("Verification email isn't enabled")]
    ChangeEmailImpossible,
    /// A page that a switched-off endpoint would be: no body.
    #[error("Not found")]
    DeleteUserDisabled,
    /// The same for its callback.
    #[error("Not found")]
    DeleteCallbackDisabled,
    /// Nobody is signed in where an account is to be deleted by a link.
    #[error("Failed to get user info")]
    UserInfoNotFound,
    /// A delete token that is unknown, expired, used, or somebody else's.
    #[error("Invalid token")]
    InvalidDeleteToken,
    /// The last way of a user to sign in.
    #[error("You can't unlink your last account")]
    LastAccount,
    /// No such account of this user.
    #[error("Account not found")]
    AccountNotFound,
    /// A new user that the database does not take, as with a text for a number.
    #[error("Failed to create user")]
    FailedToCreateUser,
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

/// Under which code a refusal stands in the log and in the metrics: the code of the answer, or one of
/// ours where Better Auth has none. It lies in the extensions of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedCode(pub &'static str);

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
    pub fn wire(&self) -> (StatusCode, Option<&'static str>) {
        let (status, code) = match self {
            Self::Validation(_) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
            Self::InvalidJson | Self::UnstorableText => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
            }
            Self::PayloadTooLarge | Self::NestedTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE")
            }
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
            Self::PasswordTooCommon => (StatusCode::BAD_REQUEST, "PASSWORD_TOO_COMMON"),
            Self::InvalidEmailOrPassword => (StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD"),
            Self::UserAlreadyExists => {
                (StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
            }
            Self::FailedToCreateUser => (StatusCode::UNPROCESSABLE_ENTITY, "FAILED_TO_CREATE_USER"),
            Self::EmailPasswordDisabled => (StatusCode::BAD_REQUEST, "EMAIL_PASSWORD_DISABLED"),
            Self::SignUpDisabled => (StatusCode::BAD_REQUEST, "EMAIL_PASSWORD_SIGN_UP_DISABLED"),
            Self::EmailNotVerified => (StatusCode::FORBIDDEN, "EMAIL_NOT_VERIFIED"),
            Self::MissingField(_) => (StatusCode::BAD_REQUEST, "MISSING_FIELD"),
            Self::FieldNotAllowed(_) => (StatusCode::BAD_REQUEST, "FIELD_NOT_ALLOWED"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::SessionNotFresh => (StatusCode::FORBIDDEN, "SESSION_NOT_FRESH"),
            Self::SessionTooOld => (StatusCode::BAD_REQUEST, "SESSION_EXPIRED"),
            Self::SessionGone => (StatusCode::UNAUTHORIZED, "FAILED_TO_GET_SESSION"),
            Self::DeferredRefreshDisabled => {
                (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED")
            }
            Self::NoFieldsToUpdate | Self::EmailIsTheSame | Self::ChangeEmailImpossible => {
                return (StatusCode::BAD_REQUEST, None);
            }
            Self::EmailNotUpdatable => (StatusCode::BAD_REQUEST, "EMAIL_CAN_NOT_BE_UPDATED"),
            Self::CredentialNotFound => (StatusCode::BAD_REQUEST, "CREDENTIAL_ACCOUNT_NOT_FOUND"),
            Self::InvalidPassword => (StatusCode::BAD_REQUEST, "INVALID_PASSWORD"),
            Self::ResetPasswordDisabled => (StatusCode::BAD_REQUEST, "RESET_PASSWORD_DISABLED"),
            Self::InvalidResetToken => (StatusCode::BAD_REQUEST, "INVALID_TOKEN"),
            Self::ResetUserNotFound => (StatusCode::BAD_REQUEST, "USER_NOT_FOUND"),
            Self::VerificationDisabled => {
                (StatusCode::BAD_REQUEST, "VERIFICATION_EMAIL_NOT_ENABLED")
            }
            Self::EmailMismatch => (StatusCode::BAD_REQUEST, "EMAIL_MISMATCH"),
            Self::EmailAlreadyVerified => (StatusCode::BAD_REQUEST, "EMAIL_ALREADY_VERIFIED"),
            Self::InvalidVerificationToken => (StatusCode::UNAUTHORIZED, "INVALID_TOKEN"),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, "TOKEN_EXPIRED"),
            Self::UserNotFound => (StatusCode::UNAUTHORIZED, "USER_NOT_FOUND"),
            Self::InvalidUser => (StatusCode::UNAUTHORIZED, "INVALID_USER"),
            Self::ChangeEmailDisabled => (StatusCode::BAD_REQUEST, "CHANGE_EMAIL_DISABLED"),
            Self::DeleteUserDisabled | Self::DeleteCallbackDisabled => {
                (StatusCode::NOT_FOUND, "NOT_FOUND")
            }
            Self::UserInfoNotFound => (StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO"),
            Self::InvalidDeleteToken => (StatusCode::NOT_FOUND, "INVALID_TOKEN"),
            Self::LastAccount => (StatusCode::BAD_REQUEST, "FAILED_TO_UNLINK_LAST_ACCOUNT"),
            Self::AccountNotFound => (StatusCode::BAD_REQUEST, "ACCOUNT_NOT_FOUND"),
            Self::TooManyRequests { .. } => return (StatusCode::TOO_MANY_REQUESTS, None),
            Self::Busy | Self::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE")
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR"),
        };
        (status, Some(code))
    }

    /// The stable code; `None` where Better Auth has none.
    pub fn code(&self) -> Option<&'static str> {
        self.wire().1
    }

    /// The code for the log and the metrics.
    pub fn logged_code(&self) -> LoggedCode {
        LoggedCode(match self {
            Self::TooManyRequests { .. } => "TOO_MANY_REQUESTS",
            Self::NoFieldsToUpdate => "NO_FIELDS_TO_UPDATE",
            Self::EmailIsTheSame => "EMAIL_IS_THE_SAME",
            Self::ChangeEmailImpossible => "VERIFICATION_EMAIL_NOT_ENABLED",
            other => other.code().unwrap_or("BAD_REQUEST"),
        })
    }

    /// Whether a link that was followed is at fault, so that its callback is told.
    pub fn is_of_the_link(&self) -> bool {
        matches!(
            self,
            Self::InvalidVerificationToken
                | Self::TokenExpired
                | Self::UserNotFound
                | Self::InvalidUser
                | Self::UserAlreadyExists
        )
    }

    /// More than a limit allows; `wait_ms` is when there is room again.
    pub fn too_many_requests(wait_ms: i64) -> Self {
        Self::TooManyRequests { retry_after_secs: (wait_ms.max(1) + 999).unsigned_abs() / 1000 }
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
                // Data exception (a NUL, a character outside the encoding, a text where a column
                // holds numbers); null where it holds none; program limit exceeded. Their messages
                // can quote the value, so the cause is dropped.
                Some(code) if ["22", "23502", "54"].iter().any(|class| code.starts_with(class)) => {
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
                // A statement's name is known to another connection, or to none that was made here.
                Some("26000" | "42P05") => Self::internal(format!(
                    "{error}: a pooler before Postgres does not track prepared statements; \
                     docs/POOLERS.md says which do, and what to set"
                )),
                _ => Self::internal(error),
            },
            _ => Self::internal(error),
        }
    }
}

/// The body of every error: the message first, as at Better Auth.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Error"))]
pub struct ErrorBody {
    /// For people; may change.
    message: String,
    /// For programs; stays. Some errors have none, as at Better Auth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
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
        let mut response = if matches!(self, Self::DeleteUserDisabled) {
            (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))]).into_response()
        } else {
            json(status, &ErrorBody { message: self.to_string(), code })
        };
        response.extensions_mut().insert(self.logged_code());
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
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
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
