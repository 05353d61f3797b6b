//! Letters with accents, as they are written where only `a` to `z` can stand.

/// `Müller` as `Mueller`, `genómics` as `genomics`; what has no such spelling stays.
pub fn unaccented(written: &str) -> String {
    let mut plain = String::with_capacity(written.len());
    for c in written.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        let lower = c.to_lowercase().next().unwrap_or(c);
        match letters(lower) {
            Some(letters) if lower == c => plain.push_str(letters),
            Some(letters) => plain.push_str(&capitalised(letters)),
            None => plain.push(c),
        }
    }
    plain
}

/// With a capital first letter, where it is one of `a` to `z`.
pub(crate) fn capitalised(letters: &str) -> String {
    let mut characters = letters.chars();
    characters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ú' | 'ù' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::unaccented;

    #[test]
    fn accents_become_the_letters_that_people_write_instead() {
        assert_eq!(unaccented("müller-weiß"), "mueller-weiss");
        assert_eq!(unaccented("Ängström"), "Aengstroem");
        assert_eq!(unaccented("genómics-señor-façade-smørrebrød"), "genomics-senor-facade-smorrebrod");
    }
}
