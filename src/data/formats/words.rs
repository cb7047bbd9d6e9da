//! Words of answer scales in the order of their codes, in the languages of the questionnaires that were met.

/// A word without case, accents, marks and double blanks.
pub(crate) fn plain(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ä' => text.push('a'),
            'è' | 'é' | 'ê' | 'ë' => text.push('e'),
            'ì' | 'í' | 'î' | 'ï' => text.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => text.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => text.push('u'),
            'ç' => text.push('c'),
            'ñ' => text.push('n'),
            'ß' => text.push_str("ss"),
            '\u{300}'..='\u{36f}' => {}
            letter if letter.is_alphanumeric() => text.push(letter),
            _ if text.ends_with(' ') || text.is_empty() => {}
            _ => text.push(' '),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Words that stand beside an answer scale for "no answer", in the languages of the questionnaires that were met.
const NO_ANSWER: &[&str] = &[
    "don t know",
    "dont know",
    "do not know",
    "i don t know",
    "i do not know",
    "dk",
    "no answer",
    "not answered",
    "no response",
    "refused",
    "refusal",
    "prefer not to say",
    "prefer not to answer",
    "rather not say",
    "not applicable",
    "does not apply to me",
    "n a",
    "no opinion",
    "can t say",
    "cannot say",
    "missing",
    "weet niet",
    "weet ik niet",
    "weet het niet",
    "geen antwoord",
    "geen mening",
    "niet van toepassing",
    "n v t",
    "nvt",
    "wil niet zeggen",
    "zeg ik liever niet",
    "wil ik niet zeggen",
    "weiss nicht",
    "weiss ich nicht",
    "keine angabe",
    "keine antwort",
    "k a",
    "nicht anwendbar",
    "mochte ich nicht sagen",
    "je ne sais pas",
    "ne sait pas",
    "sans reponse",
    "pas de reponse",
    "sans objet",
    "non applicable",
    "sans opinion",
    "no sabe",
    "no lo se",
    "no se",
    "no contesta",
    "ns nc",
    "no aplica",
    "prefiero no decirlo",
    "non so",
    "non risponde",
    "non applicabile",
    "preferisco non rispondere",
    "nao sei",
    "nao sabe",
    "nao se aplica",
    "prefiro nao responder",
];

/// Whether words mean "no answer".
pub(crate) fn means_no_answer(words: &str) -> bool {
    NO_ANSWER.contains(&plain(words).as_str())
}

/// A scale: its name, the words of each point (synonyms after a bar) from low to high, the first code.
#[derive(Debug)]
pub(crate) struct WordScale {
    pub(crate) name: &'static str,
    points: &'static [&'static str],
    pub(crate) first: i32,
    /// The point that a version with an even number of answers leaves out.
    pub(crate) middle: Option<usize>,
}

impl WordScale {
    /// The position of a word.
    pub(crate) fn position(&self, word: &str) -> Option<usize> {
        let word = plain(word);
        self.points.iter().position(|synonyms| synonyms.split('|').any(|synonym| plain(synonym) == word))
    }

    #[allow(clippy::len_without_is_empty)]
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }
}

macro_rules! scale {
    ($name:literal, $first:literal, $middle:expr, [$($point:literal),+ $(,)?]) => {
        WordScale { name: $name, points: &[$($point),+], first: $first, middle: $middle }
    };
}

pub(crate) const SCALES: &[WordScale] = &[
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Strongly disagree|Disagree strongly|Totally disagree|Completely disagree|Fully disagree",
            "Disagree|Somewhat disagree|Tend to disagree",
            "Neither agree nor disagree|Neither agree or disagree|Neither disagree nor agree|Neutral|Undecided|Neither",
            "Agree|Somewhat agree|Tend to agree",
            "Strongly agree|Agree strongly|Totally agree|Completely agree|Fully agree"
        ]
    ),
    scale!(
        "agreement of seven",
        1,
        Some(3),
        [
            "Strongly disagree|Totally disagree",
            "Disagree",
            "Somewhat disagree|Slightly disagree",
            "Neither agree nor disagree|Neutral",
            "Somewhat agree|Slightly agree",
            "Agree",
            "Strongly agree|Totally agree"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Helemaal mee oneens|Helemaal niet mee eens|Zeer mee oneens|Volledig mee oneens|Zeer oneens|Helemaal oneens",
            "Mee oneens|Niet mee eens|Oneens",
            "Niet mee eens, niet mee oneens|Niet eens, niet oneens|Noch mee eens, noch mee oneens|Neutraal|Niet eens en niet oneens|Eens noch oneens",
            "Mee eens|Eens",
            "Helemaal mee eens|Zeer mee eens|Volledig mee eens|Zeer eens|Helemaal eens"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Stimme überhaupt nicht zu|Stimme gar nicht zu|Stimme nicht zu|Trifft überhaupt nicht zu|Trifft gar nicht zu|Trifft nicht zu",
            "Stimme eher nicht zu|Trifft eher nicht zu",
            "Teils, teils|Teils teils|Weder noch|Unentschieden|Neutral|Teils/teils",
            "Stimme eher zu|Trifft eher zu",
            "Stimme voll und ganz zu|Stimme voll zu|Stimme völlig zu|Trifft voll und ganz zu|Trifft voll zu|Trifft völlig zu"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Pas du tout d'accord|Tout à fait en désaccord|Fortement en désaccord",
            "Pas d'accord|Plutôt pas d'accord|En désaccord|Plutôt en désaccord",
            "Ni d'accord ni pas d'accord|Ni d'accord, ni pas d'accord|Ni en accord ni en désaccord|Neutre",
            "D'accord|Plutôt d'accord",
            "Tout à fait d'accord|Totalement d'accord|Fortement d'accord"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Totalmente en desacuerdo|Muy en desacuerdo",
            "En desacuerdo",
            "Ni de acuerdo ni en desacuerdo|Ni acuerdo ni desacuerdo|Neutral|Indiferente",
            "De acuerdo",
            "Totalmente de acuerdo|Muy de acuerdo"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Completamente in disaccordo|Fortemente in disaccordo|Per niente d'accordo",
            "In disaccordo|Poco d'accordo",
            "Né d'accordo né in disaccordo|Neutrale",
            "D'accordo|Abbastanza d'accordo",
            "Completamente d'accordo|Fortemente d'accordo|Molto d'accordo"
        ]
    ),
    scale!(
        "agreement",
        1,
        Some(2),
        [
            "Discordo totalmente|Discordo fortemente",
            "Discordo",
            "Não concordo nem discordo|Nem concordo nem discordo|Neutro",
            "Concordo",
            "Concordo totalmente|Concordo fortemente"
        ]
    ),
    scale!(
        "frequency",
        1,
        None,
        [
            "Never",
            "Rarely|Seldom|Almost never",
            "Sometimes|Occasionally",
            "Often|Frequently|Usually|Very often",
            "Always|Almost always"
        ]
    ),
    scale!(
        "frequency",
        1,
        None,
        ["Nooit", "Zelden|Bijna nooit", "Soms|Af en toe", "Vaak|Meestal", "Altijd|Bijna altijd"]
    ),
    scale!(
        "frequency",
        1,
        None,
        [
            "Nie|Niemals",
            "Selten|Fast nie",
            "Manchmal|Gelegentlich",
            "Oft|Häufig|Meistens",
            "Immer|Fast immer"
        ]
    ),
    scale!("frequency", 1, None, ["Jamais", "Rarement", "Parfois|Quelquefois", "Souvent", "Toujours"]),
    scale!(
        "frequency",
        1,
        None,
        [
            "Nunca",
            "Rara vez|Casi nunca|Raramente",
            "A veces|Algunas veces|Às vezes",
            "A menudo|Frecuentemente|Casi siempre|Frequentemente",
            "Siempre|Sempre"
        ]
    ),
    scale!(
        "satisfaction",
        1,
        Some(2),
        [
            "Very dissatisfied|Very unsatisfied|Extremely dissatisfied",
            "Dissatisfied|Somewhat dissatisfied|Unsatisfied",
            "Neither satisfied nor dissatisfied|Neutral",
            "Satisfied|Somewhat satisfied",
            "Very satisfied|Extremely satisfied"
        ]
    ),
    scale!(
        "satisfaction",
        1,
        Some(2),
        [
            "Zeer ontevreden|Heel ontevreden",
            "Ontevreden",
            "Niet tevreden, niet ontevreden|Neutraal",
            "Tevreden",
            "Zeer tevreden|Heel tevreden"
        ]
    ),
    scale!(
        "satisfaction",
        1,
        Some(2),
        [
            "Sehr unzufrieden",
            "Unzufrieden|Eher unzufrieden",
            "Weder zufrieden noch unzufrieden|Teils, teils|Neutral",
            "Zufrieden|Eher zufrieden",
            "Sehr zufrieden"
        ]
    ),
    scale!(
        "quality",
        1,
        None,
        ["Very poor|Very bad", "Poor|Bad", "Fair|Average|Acceptable", "Good", "Very good|Excellent"]
    ),
    scale!(
        "extent",
        1,
        None,
        [
            "Not at all",
            "A little|Slightly|To a small extent",
            "Moderately|Somewhat|To some extent",
            "Quite a bit|Very|To a great extent|Very much",
            "Extremely|To a very great extent"
        ]
    ),
    scale!(
        "extent",
        1,
        None,
        [
            "Helemaal niet",
            "Een beetje",
            "Enigszins|Matig",
            "Veel|Behoorlijk|Tamelijk",
            "Heel veel|Zeer veel|Extreem"
        ]
    ),
    scale!(
        "likelihood",
        1,
        Some(2),
        [
            "Very unlikely|Extremely unlikely",
            "Unlikely|Somewhat unlikely",
            "Neither likely nor unlikely|Neutral",
            "Likely|Somewhat likely",
            "Very likely|Extremely likely"
        ]
    ),
    scale!(
        "importance",
        1,
        None,
        [
            "Not at all important|Not important",
            "Slightly important|Of little importance",
            "Moderately important|Somewhat important|Important",
            "Very important",
            "Extremely important"
        ]
    ),
    scale!("yes and no", 0, None, ["No|N", "Yes|Y"]),
    scale!("yes and no", 0, None, ["Nee|Neen", "Ja"]),
    scale!("yes and no", 0, None, ["Nein", "Ja"]),
    scale!("yes and no", 0, None, ["Non", "Oui"]),
    scale!("yes and no", 0, None, ["No", "Sí|Si|Sì"]),
    scale!("yes and no", 0, None, ["Não", "Sim"]),
    scale!("yes and no", 0, None, ["Nej", "Ja"]),
    scale!(
        "yes and no",
        0,
        None,
        ["False|Falsch|Onwaar|Faux|Falso|Unchecked", "True|Wahr|Waar|Vrai|Verdadero|Checked"]
    ),
];
