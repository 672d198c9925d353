use super::read::Reader;
use super::*;
use arrow::array::StringArray;
use contracts::Contracts;

const USE: &str = include_str!("../tests/contracts/use.yaml");

#[test]
fn values_a_select_computes_are_taken_as_they_are_or_by_their_text() {
    use arrow::array::{Decimal128Array, Float64Array, Int32Array};
    let contracts =
        Contracts::parse([("energy/use.yaml".to_owned(), USE.to_owned())]).expect("a contract");
    let contract = contracts
        .get(&"energy.use".parse().expect("an id"))
        .expect("a contract");
    let reader = Reader::new(
        contract.column("electricity_kwh").expect("a column"),
        &Default::default(),
    );
    let read = |values: ArrayRef| {
        let mut faults = Faults::default();
        let read = reader.read(&values, 0, &mut faults).expect("values");
        let shown: Vec<String> = (0..values.len())
            .map(|row| read::raw(&read.values, row).unwrap_or("-".into()))
            .collect();
        (shown.join(" "), read.rounded, faults.len())
    };
    let decimals = Decimal128Array::from(vec![Some(123_456), None])
        .with_precision_and_scale(10, 5)
        .expect("decimals");
    assert_eq!(read(Arc::new(decimals)), ("1.2346 -".into(), 1, 0));
    assert_eq!(
        read(Arc::new(Int32Array::from(vec![7]))),
        ("7.0000".into(), 0, 0)
    );
    assert_eq!(
        read(Arc::new(Float64Array::from(vec![0.1, 1e-7]))),
        ("0.1000 0.0000".into(), 1, 0)
    );
    assert_eq!(
        read(Arc::new(StringArray::from(vec!["1,000.5", "x"]))),
        ("1000.5000 -".into(), 0, 1)
    );
    assert!(!reader.accepts(&arrow::datatypes::DataType::Date32));
    assert!(!reader.accepts(&arrow::datatypes::DataType::Boolean));
}

#[test]
fn text_is_trimmed_and_blank_text_is_no_value() {
    let contracts =
        Contracts::parse([("energy/use.yaml".to_owned(), USE.to_owned())]).expect("a contract");
    let contract = contracts
        .get(&"energy.use".parse().expect("an id"))
        .expect("a contract");
    let reader = Reader::new(
        contract.column("organization_id").expect("a column"),
        &Default::default(),
    );
    let cells: ArrayRef = Arc::new(StringArray::from(vec![
        Some(" a b "),
        Some("\u{3000}荆门\u{feff}"),
        Some("  "),
        Some(""),
        None,
        Some("门"),
    ]));
    let mut faults = Faults::default();
    let read = reader.read(&cells, 0, &mut faults).expect("values").values;
    let read: Vec<Option<&str>> = read.as_string::<i32>().iter().collect();
    assert_eq!(
        read,
        [Some("a b"), Some("荆门"), None, None, None, Some("门")]
    );
}
