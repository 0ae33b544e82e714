//! What is said of an endpoint beyond its row, its types and its comments.

use schemars::{JsonSchema, SchemaGenerator};
use shared::body::Schema;
use shared::client::RefreshSwitch;
use shared::fields::described::{self, Field};
use shared::query::QuerySchema;

use super::comment::Comment;

/// A group of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Signing up, in and out.
    SigningIn,
    /// Sessions.
    Sessions,
    /// Passwords.
    Passwords,
    /// Proving and changing an address.
    Addresses,
    /// The user and what belongs to it.
    Users,
    /// The service itself.
    Service,
}

impl Tag {
    /// All of them, in the order of the document.
    pub const ALL: [Self; 6] = [
        Self::SigningIn,
        Self::Sessions,
        Self::Passwords,
        Self::Addresses,
        Self::Users,
        Self::Service,
    ];

    /// Its name, and what it holds.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::SigningIn => ("Signing in", "Signing up, in and out."),
            Self::Sessions => ("Sessions", "Who is signed in, and where else."),
            Self::Passwords => ("Passwords", "Checking, changing and resetting a password."),
            Self::Addresses => ("E-mail addresses", "Proving an address, and changing it."),
            Self::Users => ("Users", "The user, its accounts, and the end of both."),
            Self::Service => ("Service", "Whether it runs, and where errors end."),
        }
    }
}

/// What an endpoint reads of a body.
#[derive(Debug)]
pub struct BodyShape {
    /// The fields that it knows.
    pub fields: Vec<Field>,
    /// Whether names count that only the settings know.
    pub is_record: bool,
    /// Whether it may be absent.
    pub is_optional: bool,
}

/// An endpoint.
#[derive(Debug)]
pub struct Operation {
    pub(super) comment: Comment,
    pub(super) tag: Tag,
    pub(super) body: Option<BodyShape>,
    pub(super) query: Vec<Field>,
    pub(super) answer: Option<fn(&mut SchemaGenerator) -> schemars::Schema>,
    pub(super) redirect: Option<&'static str>,
    pub(super) shows_page: bool,
    pub(super) states_location: bool,
    pub(super) issues_session: bool,
    pub(super) knows_session: bool,
    pub(super) is_alone: bool,
    pub(super) example: &'static [&'static str],
}

impl Operation {
    /// From the text of the endpoint's file.
    pub fn of(source: &str, tag: Tag) -> Self {
        Self {
            comment: Comment::of(source),
            tag,
            body: None,
            query: Vec::new(),
            answer: None,
            redirect: None,
            shows_page: false,
            states_location: false,
            issues_session: false,
            knows_session: false,
            is_alone: false,
            example: &[],
        }
    }

    /// Reads this body.
    pub fn body<T: Schema>(self) -> Self {
        let body = BodyShape {
            fields: described::fields(T::read),
            is_record: T::ROOT.contains(&"record"),
            is_optional: T::absent().is_some(),
        };
        Self { body: Some(body), ..self }
    }

    /// Reads this query, beside others.
    pub fn query<T: QuerySchema>(mut self) -> Self {
        self.query.extend(described::fields(T::read));
        self
    }

    /// Extends the session where that is due.
    pub fn refreshes_session(self) -> Self {
        self.query::<RefreshSwitch>()
    }

    /// Answers 200 with this.
    pub fn answer<T: JsonSchema>(self) -> Self {
        Self { answer: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    /// Answers 302.
    pub fn redirects(self, when: &'static str) -> Self {
        Self { redirect: Some(when), ..self }
    }

    /// Answers 200 with a page.
    pub fn shows_page(self) -> Self {
        Self { shows_page: true, ..self }
    }

    /// Answers 200 with a `Location` where a `callbackURL` came.
    pub fn states_location(self) -> Self {
        Self { states_location: true, ..self }
    }

    /// Makes a session, and hands out its cookies.
    pub fn issues_session(self) -> Self {
        Self { issues_session: true, ..self }
    }

    /// Looks at the session, and does without one.
    pub fn knows_session(self) -> Self {
        Self { knows_session: true, ..self }
    }

    /// Reaches neither the database nor the keys.
    pub fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    /// Fields that the example has beside the required ones.
    pub fn example(self, example: &'static [&'static str]) -> Self {
        Self { example, ..self }
    }

    /// Whether nobody's being signed in is an error: the comment says so.
    pub(super) fn needs_session(&self) -> bool {
        let mut codes = self.comment.refusals.iter().flat_map(|refusal| &refusal.codes);
        codes.any(|code| code == "UNAUTHORIZED" || code == "FAILED_TO_GET_USER_INFO")
    }
}
