//! Style sheets and style attributes: only what a mail needs, and nothing that
//! reaches out of it.
//!
//! What stays is written anew from its tokens, so that whoever reads it next
//! reads what was judged here. What is not known is left out, one declaration
//! at a time.

use cssparser::{Delimiter, Parser, ToCss, Token, TokenSerializationType, serialize_string};

use super::remote::{Asked, RemoteKind};
use super::url::Target;

/// How many rules there may be.
const RULES_MAX: usize = 4_000;

/// How long all rules together may be, and one style attribute.
const SHEET_MAX: usize = 512 << 10;
const ATTRIBUTE_MAX: usize = 16 << 10;

/// How long one selector may be.
const SELECTOR_MAX: usize = 1_000;

/// How deep brackets and rules may nest.
const NESTING_MAX: usize = 12;

/// Numbers beyond it belong on no page.
const NUMBER_MAX: f32 = 100_000.0;

/// Properties that stay, with all that begin with them and a hyphen where the
/// name ends in one.
const PROPERTIES: &[&str] = &[
    "align-content",
    "align-items",
    "align-self",
    "aspect-ratio",
    "background",
    "background-",
    "border",
    "border-",
    "bottom",
    "box-shadow",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "color-scheme",
    "column-gap",
    "content",
    "direction",
    "display",
    "empty-cells",
    "flex",
    "flex-",
    "float",
    "font",
    "font-",
    "gap",
    "height",
    "hyphens",
    "justify-",
    "left",
    "letter-spacing",
    "line-height",
    "list-style",
    "list-style-",
    "margin",
    "margin-",
    "max-",
    "min-",
    "object-fit",
    "object-position",
    "opacity",
    "order",
    "outline",
    "outline-",
    "overflow",
    "overflow-",
    "padding",
    "padding-",
    "position",
    "right",
    "row-gap",
    "table-layout",
    "text-",
    "top",
    "unicode-bidi",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-",
    "z-index",
];

/// Functions that stay inside values.
const FUNCTIONS: &[&str] = &[
    "calc",
    "clamp",
    "hsl",
    "hsla",
    "linear-gradient",
    "max",
    "min",
    "radial-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
    "rgb",
    "rgba",
];

/// Functions that stay inside selectors: those that look at few elements.
const SELECTOR_FUNCTIONS: &[&str] = &[
    "first-child",
    "is",
    "lang",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "where",
];

/// Reads style sheets and attributes, and keeps what came of them.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// Whether lengths may lack their unit, as browsers allow in old pages.
    quirks: bool,
    /// All style sheets in their order.
    pub(super) sheet: String,
    /// Whether something was left out because there was too much.
    pub(super) cut: bool,
    rules: usize,
}

type Outcome = Result<(), cssparser::ParseError<()>>;

fn refused() -> cssparser::ParseError<()> {
    cssparser::ParseError::custom(())
}

impl Styles {
    pub(super) fn new(quirks: bool) -> Self {
        Self {
            quirks,
            ..Self::default()
        }
    }

    /// Reads one style sheet; it joins those before.
    pub(super) fn add_sheet(&mut self, css: &str, asked: &mut Asked) {
        let mut out = String::new();
        self.rules(&mut Parser::new(css), &mut out, asked, 0);
        self.sheet.push_str(&out.replace("</", "<\\/"));
    }

    /// What stays of a style attribute.
    pub(super) fn attribute(&mut self, css: &str, asked: &mut Asked) -> String {
        let mut out = String::new();
        let css = if css.len() > ATTRIBUTE_MAX && !css.contains("data:") {
            self.cut = true;
            ""
        } else {
            css
        };
        self.declarations(&mut Parser::new(css), &mut out, asked);
        out
    }

    fn rules(&mut self, input: &mut Parser<'_>, out: &mut String, asked: &mut Asked, depth: usize) {
        loop {
            let start = input.state();
            let Ok(token) = input.next().cloned() else {
                return;
            };
            if self.rules >= RULES_MAX || self.sheet.len() + out.len() > SHEET_MAX {
                self.cut = true;
                return;
            }
            match token {
                Token::CDO | Token::CDC | Token::Semicolon => {}
                Token::AtKeyword(name) => self.at_rule(&name, input, out, asked, depth),
                _ => {
                    input.reset(&start);
                    self.rules += 1;
                    self.rule(input, out, asked);
                }
            }
        }
    }

    /// Selectors and their declarations.
    fn rule(&mut self, input: &mut Parser<'_>, out: &mut String, asked: &mut Asked) {
        let mut selectors = String::new();
        let kept = input.parse_until_before(Delimiter::CurlyBracketBlock, |input| {
            Writer::new(&mut selectors, Place::Selector).all(input, asked, 0)
        });
        if !matches!(input.next(), Ok(Token::CurlyBracketBlock)) {
            return;
        }
        let mut body = String::new();
        let read: Outcome = input.parse_nested_block(|input| {
            self.declarations(input, &mut body, asked);
            Ok(())
        });
        let selectors = selectors.trim();
        let fits = kept.is_ok() && read.is_ok() && !selectors.is_empty() && !body.is_empty();
        if fits && selectors.len() <= SELECTOR_MAX {
            out.push_str(&format!("{selectors}{{{body}}}\n"));
        }
    }

    /// Of the rules that begin with `@` only `@media` stays.
    fn at_rule(
        &mut self,
        name: &str,
        input: &mut Parser<'_>,
        out: &mut String,
        asked: &mut Asked,
        depth: usize,
    ) {
        let ends = Delimiter::CurlyBracketBlock | Delimiter::Semicolon;
        if name.eq_ignore_ascii_case("media") && depth < NESTING_MAX {
            let mut queries = String::new();
            let kept = input.parse_until_before(ends, |input| {
                Writer::new(&mut queries, Place::Query).all(input, asked, 0)
            });
            if !matches!(input.next(), Ok(Token::CurlyBracketBlock)) {
                return;
            }
            let mut body = String::new();
            let read: Outcome = input.parse_nested_block(|input| {
                self.rules(input, &mut body, asked, depth + 1);
                Ok(())
            });
            if kept.is_ok() && read.is_ok() && !body.is_empty() {
                out.push_str(&format!("@media {}{{\n{body}}}\n", queries.trim()));
            }
            return;
        }
        let kind = if name.eq_ignore_ascii_case("import") {
            RemoteKind::Style
        } else {
            RemoteKind::Font
        };
        let named: Outcome = input.parse_until_before(ends, |input| {
            note_addresses(input, asked, kind, 0);
            Ok(())
        });
        if named.is_ok() && matches!(input.next(), Ok(Token::CurlyBracketBlock)) {
            // Read for what it asks for only.
            let _nothing: Outcome = input.parse_nested_block(|input| {
                note_addresses(input, asked, kind, 0);
                Ok(())
            });
        }
    }

    fn declarations(&mut self, input: &mut Parser<'_>, out: &mut String, asked: &mut Asked) {
        while !input.is_exhausted() {
            let mut name = String::new();
            let mut value = String::new();
            let quirks = self.quirks;
            let kept: Outcome = input.parse_until_after(Delimiter::Semicolon, |input| {
                name = input.expect_ident()?.to_ascii_lowercase();
                input.expect_colon()?;
                if !is_known(&name) {
                    note_addresses(input, asked, RemoteKind::Picture, 0);
                    return Err(refused());
                }
                let place = if quirks && takes_lengths(&name) {
                    Place::Length
                } else {
                    Place::Value
                };
                Writer::new(&mut value, place).all(input, asked, 0)
            });
            let value = value.trim();
            if kept.is_ok() && !value.is_empty() && !is_harmful(&name, value) {
                out.push_str(&format!("{name}:{value};"));
            }
        }
    }
}

fn is_known(name: &str) -> bool {
    let known = PROPERTIES
        .iter()
        .any(|&property| name == property || property.ends_with('-') && name.starts_with(property));
    known && !name.starts_with("border-image")
}

/// Properties whose plain numbers are pixels in old pages.
fn takes_lengths(name: &str) -> bool {
    ["margin", "padding", "border", "max-", "min-"]
        .iter()
        .any(|start| name.starts_with(start))
        || matches!(
            name,
            "bottom"
                | "font-size"
                | "height"
                | "left"
                | "letter-spacing"
                | "right"
                | "text-indent"
                | "top"
                | "width"
                | "word-spacing"
        )
}

/// What would stay in place while the page moves, or hide text in a box that
/// has to be scrolled.
fn is_harmful(name: &str, value: &str) -> bool {
    let has = |word| value.to_ascii_lowercase().contains(word);
    match name {
        "position" => has("fixed") || has("sticky"),
        _ if name.starts_with("overflow") => has("auto") || has("scroll"),
        _ => false,
    }
}

/// Notes what is asked for by something that does not stay.
fn note_addresses(input: &mut Parser<'_>, asked: &mut Asked, kind: RemoteKind, depth: usize) {
    while let Ok(token) = input.next().cloned() {
        match token {
            Token::UnquotedUrl(address) | Token::QuotedString(address) => {
                if let Target::Remote(url) = Target::of(&address) {
                    asked.add(url, kind);
                }
            }
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock
                if depth < NESTING_MAX =>
            {
                // Read for what it asks for only.
                let _nothing: Outcome = input.parse_nested_block(|input| {
                    note_addresses(input, asked, kind, depth + 1);
                    Ok(())
                });
            }
            _ => {}
        }
    }
}

/// Where tokens stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Selector,
    Query,
    Value,
    /// A value whose numbers may lack their unit.
    Length,
}

/// Writes tokens that may stay.
struct Writer<'a> {
    out: &'a mut String,
    place: Place,
    before: TokenSerializationType,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut String, place: Place) -> Self {
        Self {
            out,
            place,
            before: TokenSerializationType::default(),
        }
    }

    /// All tokens of the block, or none where one may not stay.
    fn all(&mut self, input: &mut Parser<'_>, asked: &mut Asked, depth: usize) -> Outcome {
        while let Ok(token) = input.next_including_whitespace().cloned() {
            let close = match &token {
                Token::Function(_) | Token::ParenthesisBlock => Some(")"),
                Token::SquareBracketBlock if self.place == Place::Selector => Some("]"),
                Token::SquareBracketBlock | Token::CurlyBracketBlock => return Err(refused()),
                _ => None,
            };
            let Some(close) = close else {
                self.one(&token, depth, asked)?;
                continue;
            };
            if depth >= NESTING_MAX {
                return Err(refused());
            }
            if let Token::Function(name) = &token {
                if name.eq_ignore_ascii_case("url") && self.is_value() {
                    let address = input.parse_nested_block(|input| {
                        input.expect_string_cloned().map_err(Into::into)
                    });
                    let address = address.map_err(|_: cssparser::ParseError<()>| refused())?;
                    self.address(&address, asked);
                    continue;
                }
                if !self.keeps_function(name) {
                    if self.is_value() {
                        let _nothing: Outcome = input.parse_nested_block(|input| {
                            note_addresses(input, asked, RemoteKind::Picture, depth);
                            Ok(())
                        });
                    }
                    return Err(refused());
                }
            }
            self.push(&token);
            input.parse_nested_block(|input| self.all(input, asked, depth + 1))?;
            self.out.push_str(close);
            self.before = TokenSerializationType::default();
        }
        Ok(())
    }

    fn is_value(&self) -> bool {
        matches!(self.place, Place::Value | Place::Length)
    }

    fn keeps_function(&self, name: &str) -> bool {
        let known = match self.place {
            Place::Selector => SELECTOR_FUNCTIONS,
            Place::Query => &[],
            Place::Value | Place::Length => FUNCTIONS,
        };
        known.iter().any(|one| one.eq_ignore_ascii_case(name))
    }

    fn one(&mut self, token: &Token<'_>, depth: usize, asked: &mut Asked) -> Outcome {
        let too_large = |value: f32| !value.is_finite() || value.abs() > NUMBER_MAX;
        match token {
            Token::UnquotedUrl(address) if self.is_value() => {
                self.address(address, asked);
                return Ok(());
            }
            Token::Number { value, .. } => {
                if too_large(*value) {
                    return Err(refused());
                }
                self.push(token);
                if self.place == Place::Length && depth == 0 && *value != 0.0 {
                    self.out.push_str("px");
                }
                return Ok(());
            }
            Token::Dimension { value, .. } if too_large(*value) => return Err(refused()),
            Token::Percentage { unit_value, .. } if too_large(*unit_value * 100.0) => {
                return Err(refused());
            }
            Token::Delim('~') if self.place == Place::Selector => return Err(refused()),
            Token::UnquotedUrl(_)
            | Token::BadUrl(_)
            | Token::BadString(_)
            | Token::AtKeyword(_)
            | Token::CDO
            | Token::CDC
            | Token::Semicolon
            | Token::CloseParenthesis
            | Token::CloseSquareBracket
            | Token::CloseCurlyBracket => return Err(refused()),
            Token::Delim('!') | Token::Ident(_) => {}
            _ => {}
        }
        self.push(token);
        Ok(())
    }

    fn push(&mut self, token: &Token<'_>) {
        if let Token::WhiteSpace(_) = token {
            self.out.push(' ');
            self.before = TokenSerializationType::default();
            return;
        }
        let kind = token.serialization_type();
        if self.before.needs_separator_when_before(kind) {
            self.out.push_str("/**/");
        }
        self.out.push_str(&token.to_css_string());
        self.before = kind;
    }

    /// A picture of a value; one that stays out leaves none.
    fn address(&mut self, address: &str, asked: &mut Asked) {
        match asked.picture(address, RemoteKind::Background) {
            Some(address) => {
                self.out.push_str("url(");
                // Writing to a string cannot fail.
                let _written = serialize_string(&address, self.out);
                self.out.push(')');
            }
            None => self.out.push_str("none"),
        }
        self.before = TokenSerializationType::default();
    }
}
