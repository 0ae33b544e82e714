//! The Lambda of one route.

#[tokio::main(flavor = "current_thread")] // an instance serves one request at a time
async fn main() -> Result<(), lambda_http::Error> {
    functions::serve(functions::routes::sign_in_email().warning_of_settings()).await
}
