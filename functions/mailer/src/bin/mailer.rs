//! The Lambda that sends mails.

#[tokio::main(flavor = "current_thread")] // an instance serves one invocation at a time
async fn main() -> Result<(), lambda_runtime::Error> {
    mailer::serve().await
}
