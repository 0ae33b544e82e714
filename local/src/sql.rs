//! `latchkey sql '…'`: a look into the embedded database.
//!
//! The embedded Postgres takes one connection at a time and the server holds it. So the server runs
//! the statements for whoever can read a file that only its owner can: the file holds the console's
//! port and a one-time password. Only `cargo run` with the embedded database opens one.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use shared::db::Pool;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Column, Connection, Row, ValueRef};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::development;
use crate::embedded::Embedded;

type Failure = Box<dyn std::error::Error>;

const FILE: &str = "console";
/// More than anyone types.
const MAX_BYTES: u64 = 1024 * 1024;
/// How long the statements may take to arrive; they come from this machine.
const TYPING_TIMEOUT: Duration = Duration::from_secs(1);
/// How long they may take to run: requests wait meanwhile.
const QUERY_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs the statements in the server that serves from this folder, or in the database itself.
pub async fn run(statements: &str) -> Result<(), Failure> {
    let table = if let Some(answer) = ask_server(statements).await {
        answer?
    } else {
        let embedded = Embedded::start().await?;
        let pool = embedded.pool()?;
        let mut lease = pool.acquire().await?;
        shared::MIGRATOR.run(&mut *lease).await?;
        lease.give_back();
        let table = query(&pool, statements).await;
        pool.close().await;
        embedded.stop().await?;
        table
    };
    print!("{}", table?);
    Ok(())
}

/// `None` where no server answers.
async fn ask_server(statements: &str) -> Option<Result<Result<String, String>, Failure>> {
    let file = fs::read_to_string(development::file(FILE).ok()?).ok()?;
    let (port, password) = file.split_once(' ')?;
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse().ok()?)).await.ok()?;
    let exchange = async {
        stream.write_all(format!("{password}\n{statements}").as_bytes()).await?;
        stream.shutdown().await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(match answer.split_once('\n') {
            Some(("ok", table)) => Ok(table.to_owned()),
            Some((_, error)) => Err(error.to_owned()),
            None => Err("the running server refused; stop it and try again".to_owned()),
        })
    };
    Some(exchange.await)
}

/// The server's side; closed when dropped.
pub struct Console {
    task: tokio::task::JoinHandle<()>,
    file: PathBuf,
}

impl Console {
    /// Opens it on a free port of the loopback interface.
    pub async fn open(db: Pool) -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let password = shared::token::random();
        let file = development::file(FILE)?;
        development::write_private(
            &file,
            &format!("{} {password}", listener.local_addr()?.port()),
        )?;
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let (password, db) = (password.clone(), db.clone());
                        tokio::spawn(async move { answer(stream, &password, &db).await });
                    }
                    Err(_) => tokio::time::sleep(TYPING_TIMEOUT).await,
                }
            }
        });
        Ok(Self { task, file })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.task.abort();
        // A file that stays behind leads to a port where nobody answers: then `sql` opens the
        // database itself.
        let _ = fs::remove_file(&self.file);
    }
}

async fn answer(mut stream: TcpStream, password: &str, db: &Pool) -> std::io::Result<()> {
    let mut text = String::new();
    let mut typed = (&mut stream).take(MAX_BYTES);
    tokio::time::timeout(TYPING_TIMEOUT, typed.read_to_string(&mut text)).await??;
    let Some(statements) = text.strip_prefix(password).and_then(|rest| rest.strip_prefix('\n'))
    else {
        return Ok(());
    };
    let answer = match query(db, statements).await {
        Ok(table) => format!("ok\n{table}"),
        Err(error) => format!("error\n{error}"),
    };
    stream.write_all(answer.as_bytes()).await
}

/// Runs any number of statements and draws what they give.
///
/// The connection is closed afterwards: an open transaction or a `set` must not meet the next request.
async fn query(db: &Pool, statements: &str) -> Result<String, String> {
    let mut connection = db.acquire().await.map_err(|error| error.to_string())?.detach();
    let statements = AssertSqlSafe(statements.to_owned()); // the developer's own, on their own data
    let rows = sqlx::raw_sql(statements).fetch_all(&mut connection);
    let rows = match tokio::time::timeout(QUERY_TIMEOUT, rows).await {
        Ok(rows) => rows.map_err(|error| error.to_string()),
        Err(_) => Err(format!("it takes longer than {} seconds", QUERY_TIMEOUT.as_secs())),
    };
    let _ = connection.close_hard().await;
    let rows = rows?;
    let names = |row: &PgRow| row.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    for row in &rows {
        let names: Vec<String> = names(row);
        if tables.last().is_none_or(|table| table[0] != names) {
            tables.push(vec![names]);
        }
        tables.last_mut().expect("one was pushed").push(cells(row));
    }
    if tables.is_empty() {
        return Ok("no rows\n".to_owned());
    }
    Ok(tables.iter().map(|table| draw(table)).collect::<Vec<_>>().join("\n"))
}

/// The values as Postgres writes them: statements without parameters are answered in text.
fn cells(row: &PgRow) -> Vec<String> {
    (0..row.len())
        .map(|index| match row.try_get_raw(index) {
            Ok(value) if value.is_null() => String::new(),
            Ok(value) => value.as_str().unwrap_or("(binary)").to_owned(),
            Err(error) => error.to_string(),
        })
        .collect()
}

/// Columns side by side, the first line over a rule.
fn draw(table: &[Vec<String>]) -> String {
    let width =
        |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..table[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join(" | ").trim_end())
    };
    let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("-+-");
    let mut drawing = format!("{}{rule}\n", line(&table[0]));
    drawing.extend(table[1..].iter().map(line));
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_drawn_with_its_columns_aligned() {
        let table = [vec!["id", "email"], vec!["1", "ada@example.com"], vec!["20", ""]]
            .map(|row| row.into_iter().map(str::to_owned).collect());

        assert_eq!(draw(&table), "id | email\n---+----------------\n1  | ada@example.com\n20 |\n");
    }
}
