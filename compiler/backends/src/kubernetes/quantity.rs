//! Amounts as the apiserver writes them back, so that a live diff shows no change that is none.
//!
//! The server keeps the family of the suffix and takes its largest unit that divides the amount (`resource.Quantity`,
//! "canonical form"): 1,500 millicores stay `1500m`, 2,000 become `2`, 1,536 MiB stay `1536Mi`.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use nbc_platform::values::{Bytes, Millicores};

const BINARY: [(i64, &str); 6] =
    [(1 << 60, "Ei"), (1 << 50, "Pi"), (1 << 40, "Ti"), (1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];

const DECIMAL: [(i64, &str); 6] = [
    (1_000_000_000_000_000_000, "E"),
    (1_000_000_000_000_000, "P"),
    (1_000_000_000_000, "T"),
    (1_000_000_000, "G"),
    (1_000_000, "M"),
    (1_000, "k"),
];

pub(crate) fn cpu(amount: Millicores) -> Quantity {
    match amount.0 % 1_000 {
        0 => count(amount.0 / 1_000),
        _ => Quantity(format!("{}m", amount.0)),
    }
}

pub(crate) fn bytes(amount: Bytes) -> Quantity {
    let units = if amount.0 % 1_024 == 0 { &BINARY } else { &DECIMAL };
    Quantity(in_units(amount.0, units))
}

pub(crate) fn count(amount: i64) -> Quantity {
    Quantity(in_units(amount, &DECIMAL))
}

fn in_units(amount: i64, units: &[(i64, &str)]) -> String {
    let unit = units.iter().find(|(size, _)| amount != 0 && amount % size == 0);
    unit.map_or_else(|| amount.to_string(), |(size, suffix)| format!("{}{suffix}", amount / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_the_servers_own_form() {
        let of = |amounts: &[i64]| amounts.iter().map(|n| cpu(Millicores(*n)).0).collect::<Vec<_>>().join(" ");
        assert_eq!(of(&[0, 100, 500, 1_000, 1_500, 24_000, 1_000_000, 1_500_000]), "0 100m 500m 1 1500m 24 1k 1500");
        let of = |amounts: &[i64]| amounts.iter().map(|n| bytes(Bytes(*n)).0).collect::<Vec<_>>().join(" ");
        let gi = 1 << 30;
        assert_eq!(
            of(&[0, 1, 1_024, gi, 3 * gi / 2, 1_024 * gi, 1_000_000_000, 1_500]),
            "0 1 1Ki 1Gi 1536Mi 1Ti 1G 1500"
        );
    }
}
