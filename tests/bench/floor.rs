//! The floor under the timings: how little work there can be. Compiled by `run` with rustc alone, no crates.
//!
//!     floor io IN OUT SIZE       read every file below IN, touch every byte, write SIZE bytes to OUT
//!     floor check FILE OUT       a hand-written checker for the one model of `model.py` and nothing else: read world.nbc, look up every
//!                                reference, check range and size, write the model as JSON to OUT
//!
//! It has no language, no kinds, no places and no messages, and ends at the first fault: what a general tool adds, it adds on top.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::Write;
use std::path::Path;
use std::process::exit;
use std::{env, fs};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["io", input, output, size] => copy_bytes(Path::new(input), output, size.parse().unwrap_or(0)),
        ["check", input, output] => check(&fs::read(input).unwrap_or_else(|e| fail(&e.to_string())), output),
        _ => fail("floor io IN OUT SIZE | floor check FILE OUT"),
    }
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    exit(1)
}

fn write(path: &str, bytes: &[u8]) {
    if let Err(error) = fs::File::create(path).and_then(|mut file| file.write_all(bytes)) {
        fail(&error.to_string());
    }
}

fn copy_bytes(input: &Path, output: &str, size: usize) {
    let sum = sum_of_bytes(input);
    write(output, &vec![(sum % 251) as u8; size]);
}

fn sum_of_bytes(path: &Path) -> u64 {
    if let Ok(entries) = fs::read_dir(path) {
        return entries.flatten().map(|entry| sum_of_bytes(&entry.path())).sum();
    }
    let bytes = fs::read(path).unwrap_or_else(|e| fail(&e.to_string()));
    bytes.iter().map(|byte| u64::from(*byte)).sum()
}

/// One multiplication per eight bytes: names here are short, and nobody attacks the table.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
    fn write_u8(&mut self, byte: u8) {
        self.write(&[byte]);
    }
}

type Names<'a> = HashMap<&'a [u8], (), BuildHasherDefault<NameHasher>>;

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    fn skip_blanks(&mut self) {
        while self.at < self.text.len() && self.text[self.at] <= b' ' {
            self.at += 1;
        }
    }

    /// Letters, digits and hyphens; empty where something else stands.
    fn word(&mut self) -> &'a [u8] {
        self.skip_blanks();
        let start = self.at;
        while self.at < self.text.len() && (self.text[self.at].is_ascii_alphanumeric() || self.text[self.at] == b'-') {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn takes(&mut self, sign: u8) -> bool {
        self.skip_blanks();
        let found = self.text.get(self.at) == Some(&sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: u8) {
        if !self.takes(sign) {
            self.fault("another sign was expected");
        }
    }

    fn field(&mut self, name: &[u8]) {
        if self.word() != name {
            self.fault("another field was expected");
        }
        self.expect(b':');
    }

    fn names(&mut self) -> Vec<&'a [u8]> {
        self.expect(b'[');
        let mut names = Vec::with_capacity(4);
        while !self.takes(b']') {
            names.push(self.word());
            self.takes(b',');
        }
        names
    }

    fn fault(&self, message: &str) -> ! {
        fail(&format!("byte {}: {message}", self.at))
    }
}

#[derive(Default)]
struct World<'a> {
    machines: Vec<(&'a [u8], &'a [u8], &'a [u8])>,
    teams: Vec<(&'a [u8], Vec<&'a [u8]>)>,
    persons: Vec<(&'a [u8], Vec<&'a [u8]>, &'a [u8])>,
    machine_names: Names<'a>,
    team_names: Names<'a>,
    person_names: Names<'a>,
}

fn check(text: &[u8], output: &str) {
    let world = read(text);
    let known = |names: &Names, wanted: &[u8]| {
        if !names.contains_key(wanted) {
            fail(&format!("there is no {}", String::from_utf8_lossy(wanted)));
        }
    };
    for (_, machines) in &world.teams {
        machines.iter().for_each(|name| known(&world.machine_names, name));
    }
    for (_, teams, machine) in &world.persons {
        teams.iter().for_each(|name| known(&world.team_names, name));
        known(&world.machine_names, machine);
    }
    write(output, &json(&world, text.len()));
}

fn read(text: &[u8]) -> World<'_> {
    let mut lexer = Lexer { text, at: 0 };
    let mut world = World::default();
    loop {
        let kind = lexer.word();
        if kind.is_empty() {
            return world;
        }
        let name = lexer.word();
        lexer.expect(b'{');
        let twice = match kind {
            b"machine" => {
                let (cpu, memory) = machine(&mut lexer);
                world.machines.push((name, cpu, memory));
                world.machine_names.insert(name, ())
            }
            b"team" => {
                lexer.field(b"machines");
                world.teams.push((name, lexer.names()));
                world.team_names.insert(name, ())
            }
            b"person" => {
                lexer.field(b"teams");
                let teams = lexer.names();
                lexer.expect(b',');
                lexer.field(b"machine");
                world.persons.push((name, teams, lexer.word()));
                world.person_names.insert(name, ())
            }
            _ => lexer.fault("there is no such kind"),
        };
        if twice.is_some() {
            lexer.fault("declared twice");
        }
        lexer.expect(b'}');
    }
}

fn machine<'a>(lexer: &mut Lexer<'a>) -> (&'a [u8], &'a [u8]) {
    lexer.field(b"cpu");
    let cpu = lexer.word();
    let cores = std::str::from_utf8(cpu).ok().and_then(|digits| digits.parse::<u32>().ok());
    if !matches!(cores, Some(1..=64)) {
        lexer.fault("a machine has between 1 and 64 cores");
    }
    lexer.expect(b',');
    lexer.field(b"memory");
    let memory = lexer.word();
    let digits = memory.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || !matches!(&memory[digits..], b"Mi" | b"Gi" | b"Ti") {
        lexer.fault("not a size");
    }
    (cpu, memory)
}

fn json(world: &World, size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size * 2);
    out.extend_from_slice(b"{\"machines\":{");
    for (index, (name, cpu, memory)) in world.machines.iter().enumerate() {
        entry(&mut out, index, name);
        out.extend_from_slice(b"{\"cpu\":");
        out.extend_from_slice(cpu);
        out.extend_from_slice(b",\"memory\":");
        quoted(&mut out, memory);
        out.push(b'}');
    }
    out.extend_from_slice(b"},\"teams\":{");
    for (index, (name, machines)) in world.teams.iter().enumerate() {
        entry(&mut out, index, name);
        out.extend_from_slice(b"{\"machines\":");
        list(&mut out, machines);
        out.push(b'}');
    }
    out.extend_from_slice(b"},\"persons\":{");
    for (index, (name, teams, machine)) in world.persons.iter().enumerate() {
        entry(&mut out, index, name);
        out.extend_from_slice(b"{\"teams\":");
        list(&mut out, teams);
        out.extend_from_slice(b",\"machine\":");
        quoted(&mut out, machine);
        out.push(b'}');
    }
    out.extend_from_slice(b"}}\n");
    out
}

fn entry(out: &mut Vec<u8>, index: usize, name: &[u8]) {
    if index > 0 {
        out.push(b',');
    }
    quoted(out, name);
    out.push(b':');
}

fn list(out: &mut Vec<u8>, names: &[&[u8]]) {
    out.push(b'[');
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        quoted(out, name);
    }
    out.push(b']');
}

fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}
