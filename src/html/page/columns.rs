//! The columns of tables: the engine shares what is left equally and knows no
//! part of a width, so the shares are reckoned here and given to it in pixels.

mod shares;

use std::collections::BTreeMap;

use blitz_dom::{BaseDocument, NodeId};
use html5ever::{LocalName, QualName, local_name, ns};

use shares::{Given, Wish, shares};

/// More tables in one another than that are left as they are.
const DEPTH: usize = 4;

/// Tables with more columns, and pages with more tables of several columns, are
/// left as they are.
const COLUMNS: usize = 50;
const TABLES: usize = 200;

/// With these a table's columns are as wide as their longest words, and as
/// their longest lines: the engine gives nobody less, and nobody more.
const NARROW: &str = ";width:1px!important;min-width:0!important";
const WIDE: &str =
    ";width:30000px!important;max-width:none!important;justify-content:start!important";

/// The tables of a page that have several columns.
#[derive(Default)]
pub(super) struct Tables(Vec<Table>);

struct Table {
    node: NodeId,
    /// In how many others it is.
    depth: usize,
    /// Its style in the mail.
    style: String,
    /// What the widths are told by: a `<col>` for each column.
    columns: Vec<NodeId>,
    cells: Cells,
}

/// The cells of a table.
#[derive(Default)]
struct Cells {
    /// Of each cell of one column: which it is, and its width in the mail.
    single: Vec<(usize, NodeId, Given)>,
    /// Those of several columns, and their style in the mail.
    spanning: Vec<(NodeId, String)>,
}

/// What a table and its columns measure, in pixels.
struct Measured {
    table: f32,
    columns: Vec<f32>,
    /// What is between and around the columns.
    around: f32,
}

impl Tables {
    /// Finds those that can be shared out, and adds their `<col>`s.
    pub(super) fn of(document: &mut BaseDocument) -> Self {
        let mut found = Vec::new();
        let root = document.try_root_element().map(|root| root.id);
        let mut left: Vec<(NodeId, usize)> = root.map(|root| (root, 0)).into_iter().collect();
        while let Some((id, mut depth)) = left.pop() {
            let Some(node) = document.get_node(id) else {
                continue;
            };
            if node.data.is_element_with_tag_name(&local_name!("table")) {
                if let Some(cells) = cells_of(document, id).filter(|_| depth < DEPTH) {
                    found.push(Table {
                        node: id,
                        depth,
                        style: style_of(document, id),
                        columns: Vec::new(),
                        cells,
                    });
                    depth += 1;
                }
                if found.len() > TABLES {
                    return Self::default();
                }
            }
            left.extend(node.children.iter().map(|child| (*child, depth)));
        }
        for table in &mut found {
            table.add_columns(document);
        }
        Self(found)
    }

    /// How wide the columns are now, in pixels.
    #[cfg(test)]
    pub(super) fn widths(&self, document: &BaseDocument) -> Vec<Vec<f32>> {
        let tables = self.0.iter();
        tables
            .map(|table| table.measured(document).columns)
            .collect()
    }

    /// Lays the document out with columns as browsers have them, the outermost
    /// tables first.
    pub(super) fn lay_out(&self, document: &mut BaseDocument) {
        for table in &self.0 {
            table.set(document, "", &[]);
        }
        document.resolve(0.0);
        let mut levels: BTreeMap<usize, Vec<&Table>> = BTreeMap::new();
        for table in &self.0 {
            levels.entry(table.depth).or_default().push(table);
        }
        for tables in levels.values() {
            let now = measure(document, tables, None);
            let least = measure(document, tables, Some(NARROW));
            let most = measure(document, tables, Some(WIDE));
            for (table, ((now, least), most)) in
                tables.iter().zip(now.iter().zip(&least).zip(&most))
            {
                let widths = table.shares(document, now, least, most);
                let style = format!(
                    ";table-layout:fixed!important;box-sizing:border-box!important;width:{}px!important",
                    now.table
                );
                match widths {
                    Some(widths) => table.set(document, &style, &widths),
                    None => table.set(document, "", &[]),
                }
            }
            document.resolve(0.0);
        }
    }
}

/// What tables measure as they are, or with a style.
fn measure(document: &mut BaseDocument, tables: &[&Table], style: Option<&str>) -> Vec<Measured> {
    if let Some(style) = style {
        for table in tables {
            table.set(document, style, &[]);
            // What spans columns would widen each of them alike.
            table.set_spanning(document, ";max-width:0!important");
        }
        mark_measuring(document, true);
        document.resolve(0.0);
        mark_measuring(document, false);
        for table in tables {
            table.set_spanning(document, "");
        }
    }
    tables
        .iter()
        .map(|table| table.measured(document))
        .collect()
}

/// Has the sheet know (`sheet.css`) that tables are measured.
fn mark_measuring(document: &mut BaseDocument, on: bool) {
    let Some(root) = document.try_root_element().map(|root| root.id) else {
        return;
    };
    let name = QualName::new(None, ns!(), LocalName::from("wx-measuring"));
    let mut mutator = document.mutate();
    if on {
        mutator.set_attribute(root, name, "");
    } else {
        mutator.clear_attribute(root, name);
    }
}

impl Table {
    fn add_columns(&mut self, document: &mut BaseDocument) {
        let count = self
            .cells
            .single
            .iter()
            .map(|(column, ..)| column + 1)
            .max();
        let mut mutator = document.mutate();
        let name = || QualName::new(None, ns!(html), local_name!("col"));
        self.columns = (0..count.unwrap_or(0))
            .map(|_| mutator.create_element(name(), Vec::new()))
            .collect();
        mutator.prepend_nodes(self.node, &self.columns);
    }

    /// Gives it a style besides its own, and widths to its columns; without
    /// widths they have none.
    fn set(&self, document: &mut BaseDocument, style: &str, widths: &[f32]) {
        let mut mutator = document.mutate();
        let name = || QualName::new(None, ns!(), local_name!("style"));
        let style = format!("{}{style}", self.style);
        mutator.set_attribute(self.node, name(), &style);
        for (at, column) in self.columns.iter().enumerate() {
            let style = widths.get(at).map(|width| format!("width:{width}px"));
            mutator.set_attribute(*column, name(), &style.unwrap_or_default());
        }
    }

    fn set_spanning(&self, document: &mut BaseDocument, style: &str) {
        let mut mutator = document.mutate();
        for (cell, own) in &self.cells.spanning {
            let name = QualName::new(None, ns!(), local_name!("style"));
            mutator.set_attribute(*cell, name, &format!("{own}{style}"));
        }
    }

    fn measured(&self, document: &BaseDocument) -> Measured {
        let layout = |id: NodeId| document.get_node(id).map(blitz_dom::Node::unrounded_layout);
        let mut columns = vec![0.0_f32; self.columns.len()];
        let mut lefts = vec![f32::MAX; self.columns.len()];
        for (column, cell, _) in &self.cells.single {
            if let (Some(layout), Some(width), Some(left)) = (
                layout(*cell),
                columns.get_mut(*column),
                lefts.get_mut(*column),
            ) {
                *width = width.max(layout.size.width);
                *left = left.min(layout.location.x);
            }
        }
        let around = match (lefts.as_slice(), columns.as_slice()) {
            ([first, second, ..], [width, ..]) => {
                2.0 * first + (second - first - width) * (columns.len() - 1) as f32
            }
            _ => 0.0,
        };
        Measured {
            table: layout(self.node).map_or(0.0, |layout| layout.size.width),
            columns,
            around,
        }
    }

    /// How wide its columns are to be; nothing where the engine does it right,
    /// or where it is laid out as something else than a table.
    fn shares(
        &self,
        document: &BaseDocument,
        now: &Measured,
        least: &Measured,
        most: &Measured,
    ) -> Option<Vec<f32>> {
        let mut wishes: Vec<Wish> = least
            .columns
            .iter()
            .zip(&most.columns)
            .map(|(least, most)| Wish {
                given: Given::Nothing,
                least: *least,
                most: most.max(*least),
            })
            .collect();
        if wishes.iter().any(|wish| wish.most <= 0.0) {
            return None;
        }
        for (column, cell, given) in &self.cells.single {
            let layout = document.get_node(*cell)?.unrounded_layout();
            let given = match *given {
                Given::Pixels(pixels) => {
                    let around = layout.padding.left + layout.padding.right;
                    Given::Pixels(pixels + around + layout.border.left + layout.border.right)
                }
                given => given,
            };
            let wish = wishes.get_mut(*column)?;
            wish.given = wish.given.and(given);
        }
        // What is not side by side is laid out as something else.
        if now.around < -0.5 {
            return None;
        }
        shares(now.table - now.around, &wishes)
    }
}

/// The cells of a table's own; nothing unless there are several columns, each
/// with a cell of its own, and no `<col>`.
fn cells_of(document: &BaseDocument, table: NodeId) -> Option<Cells> {
    let mut cells = Cells::default();
    // For each column: how many rows more it is taken by a cell from above.
    let mut taken: Vec<usize> = Vec::new();
    for row in rows_of(document, table)? {
        for rows in &mut taken {
            *rows = rows.saturating_sub(1);
        }
        let mut column = 0;
        for cell in children_named(document, row, &["td", "th"]) {
            while taken.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            let span = |name: LocalName| {
                let node = document.get_node(cell)?;
                node.attr(name)?.trim().parse::<usize>().ok()
            };
            let columns = span(local_name!("colspan")).unwrap_or(1).max(1);
            let rows = span(local_name!("rowspan")).unwrap_or(1).max(1);
            if column + columns > COLUMNS {
                return None;
            }
            if taken.len() < column + columns {
                taken.resize(column + columns, 0);
            }
            taken
                .iter_mut()
                .skip(column)
                .take(columns)
                .for_each(|left| *left = rows);
            if columns == 1 {
                cells.single.push((column, cell, given(document, cell)));
            } else {
                cells.spanning.push((cell, style_of(document, cell)));
            }
            column += columns;
        }
    }
    let is_known = |column| cells.single.iter().any(|(own, ..)| *own == column);
    (taken.len() > 1 && (0..taken.len()).all(is_known)).then_some(cells)
}

fn rows_of(document: &BaseDocument, table: NodeId) -> Option<Vec<NodeId>> {
    if !children_named(document, table, &["col", "colgroup"]).is_empty() {
        return None;
    }
    let groups = children_named(document, table, &["thead", "tbody", "tfoot"]);
    let rows = groups
        .into_iter()
        .flat_map(|group| children_named(document, group, &["tr"]));
    Some(rows.collect())
}

fn children_named(document: &BaseDocument, of: NodeId, names: &[&str]) -> Vec<NodeId> {
    let children = document.get_node(of).map(|node| node.children.clone());
    let is_named = |id: &NodeId| {
        let element = document.get_node(*id).and_then(|node| node.element_data());
        element.is_some_and(|element| names.contains(&&*element.name.local))
    };
    children.into_iter().flatten().filter(is_named).collect()
}

/// The style attribute, ready for more.
fn style_of(document: &BaseDocument, id: NodeId) -> String {
    let node = document.get_node(id);
    let style = node.and_then(|node| node.attr(local_name!("style")));
    style.unwrap_or_default().trim_end_matches(';').to_owned()
}

/// The width that the mail gives a cell, by style or attribute.
fn given(document: &BaseDocument, cell: NodeId) -> Given {
    let Some(node) = document.get_node(cell) else {
        return Given::Nothing;
    };
    let style = node.attr(local_name!("style")).unwrap_or_default();
    let declared = style.rsplit(';').find_map(|one| {
        let (name, value) = one.split_once(':')?;
        name.trim().eq_ignore_ascii_case("width").then_some(value)
    });
    let width = declared.or_else(|| node.attr(local_name!("width")));
    width.map_or(Given::Nothing, length)
}

/// A width in pixels or percent; an attribute has no unit.
fn length(text: &str) -> Given {
    let text = text.trim().trim_end_matches("!important").trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    match (
        number.parse::<f32>(),
        unit.trim().to_ascii_lowercase().as_str(),
    ) {
        (Ok(number), "%") if number > 0.0 => Given::Part(number / 100.0),
        (Ok(number), "" | "px") if number > 0.0 => Given::Pixels(number),
        (Ok(number), "pt") if number > 0.0 => Given::Pixels(number * 4.0 / 3.0),
        _ => Given::Nothing,
    }
}
