//! What every client of AWS is built from.

use std::sync::OnceLock;

use aws_sdk_secretsmanager::config::{Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls;

use super::{ConfigError, Vars};

/// Whose clients call AWS, where, and over which HTTP client. All from the variables that Lambda sets
/// itself: the SDK's own configuration chain would look for profiles, instance metadata and SSO first,
/// which costs tens of milliseconds.
#[derive(Clone, Debug)]
pub struct Aws {
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
    pub credentials: Credentials,
    /// `AWS_REGION`.
    pub region: Region,
    /// One for all clients of the process.
    pub http: SharedHttpClient,
    /// `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`; unset: AWS itself.
    pub endpoint: Option<String>,
}

impl Aws {
    /// For the service that the variable `endpoint` belongs to, as in `AWS_ENDPOINT_URL_SQS`.
    ///
    /// Errors: a variable that Lambda sets is missing.
    pub fn from_vars(
        var: impl Fn(&str) -> Option<String>,
        endpoint: &str,
    ) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let set_by_lambda = |name| {
            let cure = "Lambda sets it; elsewhere set it as the AWS CLI has it";
            vars.get(name).ok_or_else(|| ConfigError::missing(name, cure))
        };
        let credentials = Credentials::new(
            set_by_lambda("AWS_ACCESS_KEY_ID")?,
            set_by_lambda("AWS_SECRET_ACCESS_KEY")?,
            vars.get("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        Ok(Self {
            credentials,
            region: Region::new(set_by_lambda("AWS_REGION")?),
            http: http(),
            endpoint: vars.get(endpoint).or_else(|| vars.get("AWS_ENDPOINT_URL")),
        })
    }
}

fn http() -> SharedHttpClient {
    static CLIENT: OnceLock<SharedHttpClient> = OnceLock::new();
    let build = || {
        aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https()
    };
    CLIENT.get_or_init(build).clone()
}
