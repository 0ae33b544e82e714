//! The least that a Lambda in Rust can be. What starts are measured against.

use lambda_http::{Request, lambda_runtime, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::run(service_fn(async |_: Request| Ok::<_, lambda_runtime::Error>("hello"))).await
}
