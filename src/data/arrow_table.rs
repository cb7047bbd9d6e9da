//! Columns of Arrow as a table from memory (feature `arrow`).

use super::dataset_builder::DatasetBuilder;
use super::memory_table::{MemoryTable, Values};
use super::responses_builder::ResponsesBuilder;
use super::value::Value;
use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType};

impl ResponsesBuilder<'_> {
    /// Adds the columns of a record batch, as [`columns`](Self::columns) (feature `arrow`).
    ///
    /// Numbers of every width, texts (also large ones and views), booleans (the words `true` and `false`) and dictionaries of
    /// these are read; null is missing. A column of another type is an error where the construct uses it.
    ///
    /// Frames of other programs come through Arrow's C data interface, here as one array of structs, or with
    /// [`record_batches`](Self::record_batches) through the stream interface. Of polars, `export_array_to_c` and
    /// `export_field_to_c` of `polars_arrow::ffi` make the two structs (tried with 0.55); they have the layout of those below,
    /// which they become by `std::mem::transmute`.
    ///
    /// ```
    /// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
    /// use psychometrics::data::Responses;
    /// use psychometrics::data::arrow::arrow_array::{self, Array, RecordBatch, StructArray, ffi};
    /// use std::sync::Arc;
    ///
    /// let construct = Construct::builder("conduct")
    ///     .scale(ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]))
    ///     .dimension(Dimension::new("knowledge"))
    ///     .items(["kn_1", "kn_2"].map(|id| Item::new(id, "knowledge", "agreement")))
    ///     .build()?;
    ///
    /// // what polars or another program hands over: two structs of C, here filled from arrays of our own
    /// let answers: [(_, Arc<dyn Array>); 2] = [
    ///     ("kn_1", Arc::new(arrow_array::UInt8Array::from(vec![Some(3), None]))),
    ///     ("kn_2", Arc::new(arrow_array::StringArray::from(vec!["agree", "1"]))),
    /// ];
    /// let frame = StructArray::from(RecordBatch::try_from_iter(answers).unwrap());
    /// let (array, schema) = ffi::to_ffi(&frame.to_data()).unwrap();
    ///
    /// // SAFETY: both structs were filled by a producer that follows the interface, and are given away here
    /// let data = unsafe { ffi::from_ffi(array, &schema) }.unwrap();
    /// let batch = RecordBatch::from(StructArray::from(data));
    /// let responses = Responses::builder(&construct).record_batch(&batch).build()?;
    /// assert_eq!(responses.values().row(0).to_vec(), [3.0, 3.0]);
    /// assert_eq!(responses.ledger().cells_empty, 1);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn record_batch(self, batch: &RecordBatch) -> Self {
        self.record_batches([Ok(batch.clone())])
    }

    /// Adds the columns of record batches that follow one another: each goes on with the rows of the one before (feature
    /// `arrow`). A reader of Arrow gives them, such as `RecordBatchStreamReader` of the C stream interface.
    ///
    /// [`build`](Self::build) tells what is wrong: [`Error::Unreadable`] where the reader fails or a batch has other columns
    /// than the first; [`Error::Unsupported`] for a column of another type that the construct uses.
    pub fn record_batches(
        mut self,
        batches: impl IntoIterator<Item = std::result::Result<RecordBatch, ArrowError>>,
    ) -> Self {
        add_batches(&mut self.table, batches);
        self
    }
}

impl DatasetBuilder {
    /// Adds the columns of a record batch (feature `arrow`): numbers of every width, texts (also large ones and views),
    /// booleans (the words `true` and `false`) and dictionaries of these; null is missing.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::data::arrow::arrow_array::{Float64Array, RecordBatch};
    /// use std::sync::Arc;
    /// let x = Float64Array::from(vec![Some(1.5), None]);
    /// let batch = RecordBatch::try_from_iter([("x", Arc::new(x) as _)]).unwrap();
    /// let data = Dataset::builder().record_batch(&batch).build()?;
    /// assert_eq!(data.missing_count("x")?, 1);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn record_batch(self, batch: &RecordBatch) -> Self {
        self.record_batches([Ok(batch.clone())])
    }

    /// Adds the columns of record batches that follow one another: each goes on with the rows of the one before (feature
    /// `arrow`).
    ///
    /// [`build`](Self::build) tells what is wrong: [`Error::Unreadable`] where the reader fails or a batch has other columns
    /// than the first; [`Error::Unsupported`] for a column of another type.
    pub fn record_batches(
        mut self,
        batches: impl IntoIterator<Item = std::result::Result<RecordBatch, ArrowError>>,
    ) -> Self {
        add_batches(&mut self.table, batches);
        self
    }
}

/// What stands for the file where batches cannot be read.
const SOURCE: &str = "the record batches";

fn add_batches(
    table: &mut MemoryTable,
    batches: impl IntoIterator<Item = std::result::Result<RecordBatch, ArrowError>>,
) {
    match read_batches(batches) {
        Ok((names, columns)) => table.add_columns(names, columns),
        Err(error) => table.refuse(error),
    }
}

fn read_batches(
    batches: impl IntoIterator<Item = std::result::Result<RecordBatch, ArrowError>>,
) -> Result<(Vec<String>, Vec<Values>)> {
    let unreadable = |reason: String| Error::Unreadable { path: SOURCE.into(), reason };
    let mut names: Option<Vec<String>> = None;
    let mut columns: Vec<Values> = Vec::new();
    for (i, batch) in batches.into_iter().enumerate() {
        let batch = batch.map_err(|error| unreadable(error.to_string()))?;
        let schema = batch.schema();
        let own: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        if columns.is_empty() {
            columns = own.iter().map(|_| Values::with_room(batch.num_rows())).collect();
        }
        if *names.get_or_insert_with(|| own.clone()) != own {
            return Err(unreadable(format!("batch {} has other columns than the first", i + 1)));
        }
        for (column, array) in columns.iter_mut().zip(batch.columns()) {
            match values_of(array.as_ref()) {
                Some(values) => values.for_each(|value| column.push(value)),
                None => column.push_unread(array.len(), &array.data_type().to_string()),
            }
        }
    }
    Ok((names.unwrap_or_default(), columns))
}

/// The values of an array; none where its type is not read.
pub(super) fn values_of(array: &dyn Array) -> Option<Box<dyn Iterator<Item = Value> + '_>> {
    macro_rules! numbers {
        ($kind:ty) => {
            Box::new(array.as_primitive::<$kind>().iter().map(Value::from))
        };
    }
    Some(match array.data_type() {
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float16 => {
            Box::new(array.as_primitive::<Float16Type>().iter().map(|x| x.map(|x| x.to_f64()).into()))
        }
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::Boolean => Box::new(array.as_boolean().iter().map(Value::from)),
        DataType::Utf8 => Box::new(array.as_string::<i32>().iter().map(Value::from)),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().iter().map(Value::from)),
        DataType::Utf8View => Box::new(array.as_string_view().iter().map(Value::from)),
        DataType::Null => Box::new((0..array.len()).map(|_| Value::Missing)),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let words: Vec<Value> = values_of(dictionary.values().as_ref())?.collect();
            // of an empty dictionary every key is null
            let keys = if words.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            let word = move |(row, key): (usize, usize)| match words.get(key) {
                Some(word) if dictionary.keys().is_valid(row) => word.clone(),
                _ => Value::Missing,
            };
            Box::new(keys.into_iter().enumerate().map(word))
        }
        _ => return None,
    })
}
