//! JSON as `JSON.stringify` prints it after `JSON.parse` has read it: Better Auth verifies signatures
//! over such a text, so ours has to be the same to the byte.

use serde_json::{Map, Number, Value};

/// The largest number to which every smaller whole one is exact in JavaScript, 2⁵³.
const EXACT: u64 = 1 << 53;

/// An object's text.
pub(super) fn stringify(object: &Map<String, Value>) -> String {
    let mut text = String::new();
    write_object(object, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(value) => text.push_str(&number(value)),
        Value::String(value) => write_string(value, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(object) => write_object(object, text),
    }
}

/// Members in their order, but those whose names are array indices first and by number
/// (ECMA-262, 10.1.11.1).
fn write_object(object: &Map<String, Value>, text: &mut String) {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(name, _)| array_index(name).map_or((true, 0), |index| (false, index)));
    text.push('{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_string(name, text);
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

fn array_index(name: &str) -> Option<u32> {
    name.parse().ok().filter(|index: &u32| *index != u32::MAX && index.to_string() == name)
}

/// Escapes are the same on both sides: `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, other control
/// characters as `\u00xx`, everything else raw (ECMA-262, 25.5.2.3).
fn write_string(value: &str, text: &mut String) {
    text.push_str(&serde_json::to_string(value).expect("a text serialises"));
}

fn number(value: &Number) -> String {
    match value.as_i64() {
        Some(whole) if whole.unsigned_abs() <= EXACT => whole.to_string(),
        _ => float(value.as_f64().expect("a JSON number is a float, if need be a rounded one")),
    }
}

/// `Number::toString` (ECMA-262, 6.1.6.1.20): the shortest digits that read back as the same float,
/// with an exponent from 10²¹ up and below 10⁻⁶.
fn float(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let shortest = format!("{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a decimal exponent");
    let digits = mantissa.replace('.', "");
    let zeros = |count: usize| "0".repeat(count);
    match usize::try_from(exponent) {
        Ok(whole @ 0..=20) if digits.len() <= whole + 1 => {
            format!("{sign}{digits}{}", zeros(whole + 1 - digits.len()))
        }
        Ok(whole @ 0..=20) => format!("{sign}{}.{}", &digits[..=whole], &digits[whole + 1..]),
        Ok(_) => format!("{sign}{mantissa}e+{exponent}"),
        Err(_) if exponent >= -6 => {
            format!("{sign}0.{}{digits}", zeros(exponent.unsigned_abs() as usize - 1))
        }
        Err(_) => format!("{sign}{mantissa}e{exponent}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_javascripts() {
        for (value, text) in [
            (json!(0), "0"),
            (json!(-0.0), "0"),
            (json!(-7), "-7"),
            (json!(1.0), "1"),
            (json!(-1.5), "-1.5"),
            (json!(0.1), "0.1"),
            (json!(123_456.789), "123456.789"),
            (json!(1e20), "100000000000000000000"),
            (json!(123_456_789_012_345_680_000.0), "123456789012345680000"),
            (json!(1e21), "1e+21"),
            (json!(-1.25e30), "-1.25e+30"),
            (json!(0.000_001), "0.000001"),
            (json!(0.000_001_23), "0.00000123"),
            (json!(0.000_000_1), "1e-7"),
            (json!(-1.5e-9), "-1.5e-9"),
            (json!(5e-324), "5e-324"),
            (json!(f64::MAX), "1.7976931348623157e+308"),
            (json!(9_007_199_254_740_992_u64), "9007199254740992"),
            (json!(9_007_199_254_740_993_u64), "9007199254740992"),
            (json!(-9_007_199_254_740_995_i64), "-9007199254740996"),
            (json!(u64::MAX), "18446744073709552000"),
        ] {
            let mut written = String::new();
            write(&value, &mut written);
            assert_eq!(written, text);
        }
    }

    #[test]
    fn texts_are_escaped_where_javascript_does() {
        let mut written = String::new();
        write(&json!("\0\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}\u{2028}é🦀<"), &mut written);

        assert_eq!(written, "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}\u{2028}é🦀<\"");
    }

    #[test]
    fn members_keep_their_order_after_the_array_indices() {
        let object = json!({ "b": [], "10": 1, "a": { "x": null, "0": [true, {}] }, "9": 2, "09": 3,
            "4294967295": 4, "-1": 5, "4294967294": 6 });

        assert_eq!(
            stringify(object.as_object().unwrap()),
            r#"{"9":2,"10":1,"4294967294":6,"b":[],"a":{"0":[true,{}],"x":null},"09":3,"4294967295":4,"-1":5}"#
        );
    }
}
