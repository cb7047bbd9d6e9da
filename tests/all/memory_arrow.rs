//! Answers through Arrow are those of a file, whatever the type of the columns and the way they come.

use crate::memory::Sample;
use psychometrics::Error;
use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
use psychometrics::data::arrow::arrow_array::builder::StringDictionaryBuilder;
use psychometrics::data::arrow::arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use psychometrics::data::arrow::arrow_array::types::{UInt8Type, UInt32Type};
use psychometrics::data::arrow::arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Float32Array, Float64Array, Int64Array, LargeStringArray,
    NullArray, RecordBatch, RecordBatchIterator, StringArray, StringViewArray, UInt8Array,
};
use psychometrics::data::arrow::arrow_schema::ArrowError;
use psychometrics::data::{Dataset, Responses};
use std::sync::Arc;

/// Makes a column of an item.
type Column<'a> = &'a dyn Fn(&str) -> ArrayRef;

/// The sample as a record batch, its items in columns of one kind.
fn batch(sample: &Sample, item: impl Fn(&str) -> ArrayRef) -> RecordBatch {
    let numbers = ["hr_intervention", "client_outcome", "work_engagement", "tenure"];
    let column = |name: &str| -> ArrayRef {
        match name {
            _ if sample.is_item(name) => item(name),
            "role" => {
                let mut builder = StringDictionaryBuilder::<UInt32Type>::new();
                sample.texts(name).iter().for_each(|role| builder.append_option(filled(role)));
                Arc::new(builder.finish())
            }
            "organisation" => {
                Arc::new(StringViewArray::from_iter(sample.texts(name).into_iter().map(filled)))
            }
            _ if numbers.contains(&name) => Arc::new(Float64Array::from(sample.numbers::<f64>(name))),
            _ => Arc::new(LargeStringArray::from_iter(sample.texts(name).into_iter().map(filled))),
        }
    };
    RecordBatch::try_from_iter_with_nullable(sample.names.iter().map(|name| (name, column(name), true)))
        .unwrap()
}

fn filled(text: impl AsRef<str> + Copy) -> Option<String> {
    Some(text.as_ref().to_string()).filter(|text| !text.is_empty())
}

#[test]
fn the_sample_is_the_same_through_arrow() {
    let sample = Sample::new();
    let new = || Responses::builder(&sample.construct);
    let kinds: [(&str, Column<'_>); 5] = [
        ("UInt8", &|name| Arc::new(UInt8Array::from(sample.numbers::<u8>(name)))),
        ("Int64", &|name| Arc::new(Int64Array::from(sample.numbers::<i64>(name)))),
        ("Float32", &|name| Arc::new(Float32Array::from(sample.numbers::<f32>(name)))),
        ("Utf8", &|name| Arc::new(StringArray::from(sample.texts(name)))),
        ("Dictionary", &|name| {
            let codes = sample.texts(name);
            Arc::new(
                codes
                    .into_iter()
                    .map(|code| Some(code).filter(|c| !c.is_empty()))
                    .collect::<DictionaryArray<UInt8Type>>(),
            )
        }),
    ];
    for (kind, column) in kinds {
        let batch = batch(&sample, column);
        sample.assert_same(new().record_batch(&batch), kind);
        // in three parts, through the C stream interface
        let n = batch.num_rows();
        let parts = [batch.slice(0, 7), batch.slice(7, 0), batch.slice(7, n - 7)].map(Ok);
        let reader = RecordBatchIterator::new(parts, batch.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        let reader = RecordBatchStreamReader::try_new(stream).unwrap();
        sample.assert_same(new().record_batches(reader), kind);
    }
}

#[test]
fn what_arrow_brings_is_checked_as_everything_else() {
    let construct = Construct::builder("c")
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("d"))
        .items(["q1", "q2"].map(|id| Item::new(id, "d", "five")))
        .build()
        .unwrap();
    let two = |q1: ArrayRef, q2: ArrayRef| RecordBatch::try_from_iter([("q1", q1), ("q2", q2)]).unwrap();
    let build = |batch: &RecordBatch| Responses::builder(&construct).record_batch(batch).build();
    let ok: ArrayRef = Arc::new(UInt8Array::from(vec![1, 2]));
    let dates: ArrayRef = Arc::new(Date32Array::from(vec![1, 2]));

    let error = build(&two(ok.clone(), Arc::new(Float32Array::from(vec![1.0, f32::NAN])))).unwrap_err();
    assert!(matches!(&error, Error::NotANumber { row: 2, column, total: 1 } if column == "q2"), "{error}");
    let error = build(&two(ok.clone(), Arc::new(StringArray::from(vec!["6", "5"])))).unwrap_err();
    assert!(error.to_string().contains("row 1, column 'q2': '6' is not on the scale"), "{error}");
    let error = build(&two(ok.clone(), Arc::new(NullArray::new(2)))).unwrap_err();
    assert!(matches!(&error, Error::EmptyColumn { column, rows: 2 } if column == "q2"), "{error}");
    let error = build(&two(ok.clone(), dates.clone())).unwrap_err();
    assert_eq!(error.to_string(), "column 'q2' of type Date32 is not supported");
    assert!(error.hint().contains("Cast it"), "{}", error.hint());
    // where nothing is made of it, it may be of any type
    let third = [("q1", ok.clone()), ("q2", ok.clone()), ("day", dates)];
    let batch = RecordBatch::try_from_iter(third).unwrap();
    assert_eq!(build(&batch).unwrap().ledger().columns_not_used, ["day"]);
    assert!(matches!(Dataset::builder().record_batch(&batch).build(), Err(Error::Unsupported { .. })));

    let other = RecordBatch::try_from_iter([("q2", ok.clone()), ("q1", ok.clone())]).unwrap();
    let follow = |next: Result<RecordBatch, ArrowError>| {
        let first = Ok(two(ok.clone(), ok.clone()));
        Responses::builder(&construct).record_batches([first, next]).build().unwrap_err()
    };
    assert!(follow(Ok(other)).to_string().contains("batch 2 has other columns than the first"));
    let broken = follow(Err(ArrowError::ComputeError("the connection is gone".into())));
    assert!(broken.to_string().contains("the connection is gone"), "{broken}");
    let none: [Result<RecordBatch, ArrowError>; 0] = [];
    let error = Responses::builder(&construct).record_batches(none).build().unwrap_err();
    assert_eq!(error.code(), "too_few_rows");

    let ids: ArrayRef = Arc::new(Int64Array::from(vec![i64::MAX, i64::MAX - 1]));
    let data = Dataset::builder()
        .record_batch(&two(ids.clone(), ids))
        .column("long", [i64::MAX, i64::MAX - 1])
        .build()
        .unwrap();
    assert_eq!(data.numeric_names(), ["q1", "q2", "long"]);
}
