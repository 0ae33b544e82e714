//! One thing that was found.

use serde::Serialize;

use crate::config::warnings::Warning;
use crate::db::schema::Obstacle;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It stands in the way: mend it first.
    Error,
    /// It works, but for somebody or something that is named.
    Warning,
    /// Good to know.
    Note,
}

/// What was found, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// Stable, for programs.
    pub code: &'static str,
    /// What it is about, in words; no row's content.
    pub message: String,
    /// What to do; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cure: String,
    /// How many rows it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

impl Finding {
    /// One that is about no rows.
    pub fn new(level: Level, code: &'static str, message: &str, cure: &str) -> Self {
        let (message, cure) = (message.to_owned(), cure.to_owned());
        Self { level, code, message, cure, count: None }
    }

    /// One about so many rows, and what becomes of them; `None` for no row.
    pub fn about(
        (rows, count): (&str, i64),
        level: Level,
        code: &'static str,
        outcome: &str,
        cure: &str,
    ) -> Option<Self> {
        let message = format!("{rows}: {count}. {outcome}");
        (count > 0).then(|| Self { count: Some(count), ..Self::new(level, code, &message, cure) })
    }

    pub(super) fn of_cookies(warning: &Warning) -> Self {
        Self::new(Level::Error, "COOKIES", &warning.to_string(), "")
    }

    pub(super) fn of_obstacle(obstacle: &Obstacle) -> Self {
        Self::new(Level::Error, obstacle.code(), &obstacle.to_string(), &obstacle.cure())
    }
}
