//! The Lambda of the schedule.

#[tokio::main(flavor = "current_thread")] // an instance serves one invocation at a time
async fn main() -> Result<(), lambda_http::Error> {
    functions::serve_cleanup().await
}
