//! Texts as HTML.

/// For text and for attributes in double quotes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A line of Markdown, as far as comments use it: what stands between backticks is code.
pub fn line(text: &str) -> String {
    let piece = |(index, piece): (usize, &str)| {
        let piece = escaped(piece);
        if index % 2 == 1 { format!("<code>{piece}</code>") } else { piece }
    };
    text.split('`').enumerate().map(piece).collect()
}

/// Paragraphs of it.
pub fn paragraphs(text: &str) -> String {
    let paragraph = |text: &str| format!("<p>{}</p>", line(text));
    text.split("\n\n").map(paragraph).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_and_markup_is_text() {
        assert_eq!(
            paragraphs("A `<b>` & \"c\".\n\nD"),
            "<p>A <code>&lt;b&gt;</code> &amp; &quot;c&quot;.</p><p>D</p>"
        );
    }
}
