# The same work by lavaan and psych, on the data that `cargo bench` wrote.
# usage: cargo bench; Rscript benches/peers/peers.R        needs r-cran-lavaan, r-cran-psych
suppressMessages({library(lavaan); library(psych)})
seconds <- function(label, e, n) {
  e <- substitute(e); env <- parent.frame()
  times <- sapply(seq_len(n), function(i) system.time(suppressWarnings(eval(e, env)))[["elapsed"]])
  cat(sprintf("%-44s %10.4f s (median of %d)\n", label, median(times), n))
}
simple <- function(f, k) paste(sapply(seq_len(f), function(i)
  paste0("f", i, " =~ ", paste0("x", ((i - 1) * k + 1):(i * k), collapse = " + "))), collapse = "\n")
everything <- function(model, data, ...) {
  fit <- cfa(model, data, ...)
  list(fitMeasures(fit), parameterEstimates(fit), standardizedSolution(fit))
}
hs <- read.csv("data/holzinger_swineford_1939/hs.csv")
seconds("confirmatory/HS1939,n=301,p=9", everything(simple(3, 3), hs), 20)
y <- read.csv("target/bench_data/normal_1000_7x6.csv")
answers <- read.csv("target/bench_data/likert_1000_7x6.csv")
seconds("confirmatory/7 factors,n=1000,p=42", everything(simple(7, 6), y), 5)
seconds("MLR/HS1939,n=301,p=9", everything(simple(3, 3), hs, estimator = "MLR"), 20)
seconds("MLR/7 factors,n=1000,p=42", everything(simple(7, 6), y, estimator = "MLR"), 3)
seconds("resampling/bootstrap,HS1939,100 fits", cfa(simple(3, 3), hs, se = "bootstrap", bootstrap = 100), 1)
seconds("alpha and items/n=1000,p=42", psych::alpha(answers), 10)
big <- read.csv("target/bench_data/normal_5000_10x10.csv")
seconds("confirmatory/10 factors,n=5000,p=100", everything(simple(10, 10), big), 1)
items <- read.csv("target/bench_data/likert_1000_7x5.csv")
seconds("WLSMV/7 factors,n=1000,p=35", everything(simple(7, 5), items, ordered = names(items)), 3)
seconds("polychoric/n=1000,p=35, lavaan", lavCor(items, ordered = names(items)), 5)
seconds("polychoric/n=1000,p=35, psych", psych::polychoric(items), 3)
twenty <- read.csv("target/bench_data/likert_1000_1x20.csv")
seconds("reliability/p=20, all splits once", psych::splitHalf(twenty, brute = TRUE), 1)
seconds("reliability/p=20, guttman, omega of one factor", {
  suppressMessages(psych::guttman(twenty)); semTools::compRelSEM(cfa(simple(1, 20), twenty)) }, 1)
seconds("htmt/n=1000,p=35, pearson, no intervals", semTools::htmt(simple(7, 5), items), 3)
seconds("htmt/n=1000,p=35, polychoric, no intervals",
  semTools::htmt(simple(7, 5), items, ordered = names(items)), 3)
gaps <- read.csv("target/bench_data/missing_1000_7x6.csv", na.strings = c("NA", "NaN", ""))
seconds("full information/ML,7 factors,n=1000,p=42", everything(simple(7, 6), gaps, missing = "fiml"), 1)
seconds("full information/MLR,7 factors,n=1000,p=42",
  everything(simple(7, 6), gaps, missing = "fiml", estimator = "MLR"), 1)
levels <- "level: 1
 fw =~ y1 + y2 + y3 + y4
 fw ~ x
level: 2
 fb =~ y1 + y2 + y3 + y4
 fb ~ w"
of_levels <- function(file, ...) {
  fit <- sem(levels, read.csv(file), cluster = "team", ...)
  list(fitMeasures(fit), parameterEstimates(fit), standardizedSolution(fit))
}
seconds("two levels/ML,complete,n=857,clusters=110", of_levels("tests/data/two_level.csv"), 1)
seconds("two levels/MLR,complete,n=857,clusters=110",
  of_levels("tests/data/two_level.csv", estimator = "MLR"), 1)
seconds("two levels/ML,incomplete,n=857,clusters=110",
  of_levels("tests/data/two_level_missing.csv", missing = "ml"), 1)
# ladders of invariance: steps, measures, difference tests. The ordinal one takes a quarter of an hour: `peers.R ladder`
ladder <- function(fits) {
  lapply(fits, fitMeasures)
  for (i in seq_along(fits)[-1]) lavTestLRT(fits[[i - 1]], fits[[i]])
}
equal <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))
seconds("invariance/HS1939,steps", ladder(lapply(equal, function(own)
  cfa(simple(3, 3), hs, group = "school", group.equal = own))), 10)
if ("ladder" %in% commandArgs(TRUE)) {
  three <- read.csv("target/bench_data/likert_1500_7x5.csv")
  names <- names(three)
  three$group <- paste0("g", (seq_len(nrow(three)) - 1) %% 3)
  equal <- list(character(0), "thresholds", c("thresholds", "loadings"), c("thresholds", "loadings", "intercepts"),
    c("thresholds", "loadings", "intercepts", "residuals"))
  seconds("invariance/WLSMV,n=1500,p=35,3 groups", ladder(lapply(equal, function(own) {
    step <- semTools::measEq.syntax(simple(7, 5), data = three, ordered = names, parameterization = "theta",
      ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "group", group.equal = own)
    cfa(as.character(step), three, ordered = names, group = "group", parameterization = "theta")
  })), 1)
}
