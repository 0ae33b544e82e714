//! Instants in JSON: ISO 8601, UTC, exactly three fractional digits and `Z`, as JavaScript's
//! `Date.prototype.toISOString` writes them (ECMA-262, 21.4.1.32).

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

const ISO: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// An instant as a row has it; finer digits than milliseconds are cut, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub OffsetDateTime);

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        Self(at)
    }
}

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "UTC, with exactly three digits of a second",
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
        })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self
            .0
            .to_offset(time::UtcOffset::UTC)
            .format(&ISO)
            .map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn three_digits_and_z() {
        let json = |at| serde_json::to_string(&Timestamp(at)).unwrap();

        assert_eq!(json(datetime!(2026-01-02 03:04:05 UTC)), r#""2026-01-02T03:04:05.000Z""#);
        assert_eq!(
            json(datetime!(2026-01-02 03:04:05.999_999 +1)),
            r#""2026-01-02T02:04:05.999Z""#
        );
    }
}
