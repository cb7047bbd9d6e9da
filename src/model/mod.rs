//! What is claimed, without data: model text, parameter table, matrices, implied moments.
//!
//! A [`Model`] is a list of [`Formula`]s, read from lavaan's syntax or made from a construct
//! ([`Model::of`]). A [`Specification`] says what the text leaves unsaid.

mod block_tables;
mod blocks;
mod choices;
mod curvature;
mod definitions;
mod draft;
mod draft_row;
mod exploratory;
mod exploratory_set;
mod expression;
mod formula;
mod implied;
mod lexer;
#[allow(clippy::module_inception)]
mod model;
mod numbering;
mod operator;
mod parser;
mod place;
mod reference;
mod relation_syntax;
mod specification;
mod statement;
mod structure;
mod syntax_error;
mod table;
mod term_syntax;

pub(crate) use definitions::in_order;
pub use exploratory_set::ExploratorySet;
pub use expression::{Arithmetic, Elementary, Expression, Relation, RelationKind};
pub(crate) use expression::{Dual, NoValue};
pub use formula::{Block, Constraint, Formula, Modifiers};
pub(crate) use implied::{Direction, Implied};
pub use model::Model;
pub use operator::Operator;
pub(crate) use place::Place;
pub use specification::{
    Automatic, Covariates, Equality, Function, LatentCovariances, MeanStructure, Parameterization, Scaling,
    Specification,
};
pub(crate) use table::{Kind, Parameter, ParameterTable, degrees_of_freedom, row_of_free};
