//! The Lambda of the deployment: brings the schema up to date.

#[tokio::main(flavor = "current_thread")] // an instance serves one invocation at a time
async fn main() -> Result<(), lambda_http::Error> {
    functions::serve_migrate().await
}
