//! A report for people.

use std::fmt::{self, Display, Formatter};

use super::{Database, Level, MadeBy, Report};

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            writeln!(f, "{database}")?;
        }
        if !self.changes.is_empty() {
            writeln!(f, "What `latchkey migrate` would change:")?;
            self.changes.iter().try_for_each(|change| writeln!(f, "  - {change}"))?;
        }
        for (level, title) in [
            (Level::Error, "What stands in the way:"),
            (Level::Warning, "What to look at:"),
            (Level::Note, "Good to know:"),
        ] {
            let mut found =
                self.findings.iter().filter(|finding| finding.level == level).peekable();
            if found.peek().is_some() {
                writeln!(f, "{title}")?;
            }
            for finding in found {
                writeln!(f, "  - {} [{}]", finding.message, finding.code)?;
                if !finding.cure.is_empty() {
                    writeln!(f, "    {}", finding.cure)?;
                }
            }
        }
        let end = if self.is_ready { "Nothing stands in the way." } else { "Not ready." };
        f.write_str(end)
    }
}

impl Display for Database {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ids = self.ids.as_deref().map(|kind| format!("; ids are {kind}")).unwrap_or_default();
        writeln!(f, "Tables: {}{ids}.", self.made_by)?;
        match self.schema_version {
            Some(version) => writeln!(f, "Latchkey's schema: {version}.")?,
            None => writeln!(f, "Latchkey's schema: none yet.")?,
        }
        let mut rows = Vec::new();
        if let Some(users) = &self.users {
            rows.push(format!("{} users", users.all));
        }
        if let Some(accounts) = self.accounts {
            rows.push(format!("{accounts} accounts"));
        }
        for (rows_of, name) in
            [(self.sessions, "sessions"), (self.verifications, "of verification")]
        {
            if let Some(all) = rows_of {
                rows.push(format!("{} {name} ({} expired)", all.all, all.expired));
            }
        }
        if !rows.is_empty() {
            writeln!(f, "Rows: {}.", rows.join(", "))?;
        }
        if !self.providers.is_empty() {
            let providers =
                self.providers.iter().map(|(name, accounts)| format!("{accounts} {name}"));
            writeln!(f, "Social accounts: {}.", providers.collect::<Vec<_>>().join(", "))?;
        }
        if !self.password_hashes.is_empty() {
            let hashes = self.password_hashes.iter().map(|count| {
                format!("{} {}", count.accounts, count.format.as_deref().unwrap_or("unreadable"))
            });
            writeln!(f, "Password hashes: {}.", hashes.collect::<Vec<_>>().join(", "))?;
        }
        if let Some(format) = &self.dummy_hash {
            write!(f, "Recommended: DUMMY_HASH={format}")?;
        }
        Ok(())
    }
}

impl Display for MadeBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "none of Better Auth's",
            Self::BetterAuth170To172 => "as Better Auth 1.7.0 to 1.7.2 makes them",
            Self::BetterAuth => {
                "as Better Auth makes them from 1.6 on (but 1.7.0 to 1.7.2), or Latchkey"
            }
            Self::OrmOrOlder => "as an ORM (Drizzle, Prisma) or an older Better Auth makes them",
        })
    }
}
