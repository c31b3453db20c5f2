package io.llama3v.data.corpus;

import java.util.ArrayList;
import java.util.List;

/** Which sets a corpus has, made from which icons. */
final class CorpusPlan {
  private static final int MIN_ICONS = 8;
  private final CorpusConfig config;
  private final IconLibrary library;
  private final BitmapFont font = new BitmapFont();
  private final Words words;

  CorpusPlan(CorpusConfig config, IconLibrary library) {
    this.config = config;
    this.library = library;
    this.words = new Words(library.of(IconSplit.TRAIN), config.seed(), config.reading().letters());
  }

  /** The sets that are trained on; their texts make the language corpus. */
  List<SampleSet> training() throws CorpusException {
    List<SampleSet> sets = new ArrayList<>(List.of(
        icons("icons/train", library.of(IconSplit.TRAIN), config.iconVariants()),
        scenes("scenes/train", IconSplit.TRAIN, config.scenes()),
        questions("questions/train", IconSplit.TRAIN, config.questions(), true)));
    if (config.reading().samples() > 0) {
      sets.add(new QuestionSet("words/train", config.reading().samples(), config.seed(), font,
          QuestionSet.words(composer(IconSplit.TRAIN), words, config.reading().letters())));
      sets.add(new SceneSet("letters/train", config.reading().samples(), config.seed(), font,
          SceneSet.letters(composer(IconSplit.TRAIN), words)));
    }
    return sets;
  }

  List<SampleSet> validation() throws CorpusException {
    return List.of(icons("icons/validation", library.of(IconSplit.VALIDATION), 1),
        scenes("scenes/validation", IconSplit.VALIDATION, config.validation()),
        questions("questions/validation", IconSplit.VALIDATION, config.validation(), true));
  }

  /** The sets that are reported; those that end in "-seen" show training icons in new pictures. */
  List<SampleSet> evaluation() throws CorpusException {
    int questions = config.evalPerKind() * Question.Kind.values().length;
    return List.of(
        icons("eval/concepts", EvalIcons.choose(library.of(IconSplit.HELDOUT), config), 1),
        icons("eval/family", EvalIcons.choose(library.of(IconSplit.FAMILY), config), 1),
        questions("eval/questions", IconSplit.HELDOUT, questions, false),
        questions("eval/questions-seen", IconSplit.TRAIN, questions, false),
        scenes("eval/captions", IconSplit.HELDOUT, config.evalCaptions()),
        scenes("eval/captions-seen", IconSplit.TRAIN, config.evalCaptions()));
  }

  private SampleSet icons(String path, List<DrawnIcon> icons, int variants) {
    return new IconSet(path, icons, variants, config);
  }

  private SampleSet scenes(String path, IconSplit split, int size) throws CorpusException {
    return new SceneSet(path, size, config.seed(), font, SceneSet.mixed(composer(split)));
  }

  private SampleSet questions(String path, IconSplit split, int size, boolean more)
      throws CorpusException {
    return new QuestionSet(path, size, config.seed(), font, QuestionSet.kinds(composer(split), more));
  }

  private SceneComposer composer(IconSplit split) throws CorpusException {
    List<DrawnIcon> nameable = library.of(split).stream().filter(DrawnIcon::nameable).toList();
    List<String> readable = words.of(split);
    if (nameable.size() < MIN_ICONS || readable.isEmpty()) {
      throw new CorpusException("the " + split.word() + " split has " + nameable.size() + " icons with plain names and "
          + readable.size() + " words to read; scenes need at least " + MIN_ICONS + " and 1: are the jars complete?");
    }
    return new SceneComposer(nameable, readable, config.reading().signs(), config.tileSide());
  }
}
