use cedar_policy::SchemaFragment;

use super::*;
use crate::shape::Shapes;
use crate::testing::workspace;

/// A schema as Cedar prints it, without sentences. Of JSON it says that a type is Cedar's own; no kind has such a name.
fn printed(fragment: &SchemaFragment) -> String {
    let text = fragment.to_cedarschema().unwrap().replace("__cedar::", "");
    text.lines().filter(|line| !line.trim_start().starts_with("@doc")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn json_and_text_are_one_schema() {
    let site = "enum Colour { red, green }\n\
                variant Place { room { number: Count }, street { name: Text } }\n\
                kind bike { colour: Colour, at?: Place, price: Rate, last: [Date], action ride \"ride it\", riders: [group] grants ride }\n";
    let workspace = workspace(&[("site.nbc", site)]);
    assert_eq!(workspace.said(), "");
    let shapes = Shapes::of(&workspace.model);
    let text = print(&workspace.model, &shapes);
    let (from_text, _) = SchemaFragment::from_cedarschema_str(&text).unwrap();
    let from_json = SchemaFragment::from_json_str(&json(&workspace.model, &shapes)).unwrap();
    assert_eq!(printed(&from_json), printed(&from_text));
}
