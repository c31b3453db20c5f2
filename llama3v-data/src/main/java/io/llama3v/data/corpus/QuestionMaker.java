package io.llama3v.data.corpus;

import io.llama3v.data.corpus.Question.Kind;
import io.llama3v.data.corpus.Scene.Placed;
import java.util.ArrayList;
import java.util.List;

/**
 * Scenes made to be asked about. The answer of the main question is chosen first, by the sample's number, so that all
 * answers are equally frequent and a model that does not look is at chance; the scene is then composed to fit. Further
 * questions are added only where their answers are uniform too.
 */
final class QuestionMaker {
  private static final List<NamedColour> COLOURS = List.of(NamedColour.values());
  private static final double CORNER_ALONE = 0.5;
  private static final double COLOUR_ALONE = 0.75;
  private static final double SAME_THING = 0.6;
  private final SceneComposer composer;

  QuestionMaker(SceneComposer composer) {
    this.composer = composer;
  }

  record Asked(Scene scene, List<Question> questions) {}

  /**
   * @param number sample number within its kind; answers go round in turn
   * @param more   whether to add further questions about the same scene
   */
  Asked make(Draw draw, Kind kind, long number, boolean more) {
    List<Question> questions = new ArrayList<>();
    Scene scene = switch (kind) {
      case WHAT -> what(draw, questions, more);
      case COLOUR -> colour(draw, COLOURS.get((int) (number % COLOURS.size())), questions, more);
      case CORNER -> corner(draw, Place.CORNERS.get((int) (number % 4)), questions, more);
      case COUNT -> count(draw, (int) (number % 4) + 1, questions);
      case READ -> read(draw, questions, more);
    };
    if (more && kind != Kind.COUNT && scene.objects().size() > 1) others(draw, scene, questions);
    return new Asked(scene, questions);
  }

  /**
   * One question about every object of a scene with an object in each of several corners, beside those asked already: looking at a
   * picture costs more than answering about it, and colours and corners are uniform for these objects too.
   */
  private static void others(Draw draw, Scene scene, List<Question> questions) {
    for (Placed object : scene.objects()) {
      Question question = switch (draw.between(0, 2)) {
        case 0 -> whichColour(draw, scene, object);
        case 1 -> whichCorner(draw, scene, object, object.name());
        default -> whatIsThere(draw, scene, object.place());
      };
      if (questions.stream().noneMatch(q -> q.question().equals(question.question()))) questions.add(question);
    }
  }

  private Scene what(Draw draw, List<Question> questions, boolean more) {
    NamedColour colour = draw.of(COLOURS);
    Place place = draw.of(Place.CORNERS);
    if (draw.chance(0.75)) {
      Scene scene = composer.single(draw, colour);
      questions.add(whatIsIt(draw, scene));
      if (more && draw.chance(0.3)) {
        questions.add(whichColour(draw, scene, scene.objects().get(0)));
      }
      return scene;
    }
    Scene scene = composer.corners(draw, draw.between(2, 4), colour, place);
    questions.add(whatIsThere(draw, scene, place));
    return scene;
  }

  private Scene colour(Draw draw, NamedColour colour, List<Question> questions, boolean more) {
    boolean alone = draw.chance(COLOUR_ALONE);
    Place place = draw.of(Place.CORNERS);
    Scene scene = alone ? draw.chance(0.5) ? composer.single(draw, colour) : composer.corner(draw, colour, place)
        : composer.corners(draw, 2, colour, place);
    Placed asked = scene.objects().stream().filter(o -> o.colour() == colour).findFirst().orElseThrow();
    questions.add(whichColour(draw, scene, asked));
    if (more && alone && draw.chance(0.5)) {
      questions.add(whatIsIt(draw, scene));
    }
    return scene;
  }

  private Scene corner(Draw draw, Place place, List<Question> questions, boolean more) {
    NamedColour colour = draw.of(COLOURS);
    boolean alone = draw.chance(CORNER_ALONE);
    Scene scene = alone ? composer.corner(draw, colour, place)
        : composer.corners(draw, draw.between(2, 4), colour, place);
    Placed asked = scene.objects().stream().filter(o -> o.place() == place).findFirst().orElseThrow();
    String thing = alone ? draw.of(List.of(asked.label(), asked.name(), "icon")) : asked.name();
    questions.add(whichCorner(draw, scene, asked, thing));
    if (more && alone) {
      questions.add(whichColour(draw, scene, asked));
    }
    return scene;
  }

  private Scene count(Draw draw, int count, List<Question> questions) {
    boolean same = draw.chance(SAME_THING);
    Scene scene = composer.group(draw, count, same);
    List<String> forms = new ArrayList<>(List.of("How many icons are there?", "How many things do you see?",
        "How many objects are in the picture?", "Count the icons."));
    if (same) {
      forms.add("How many %s icons are there?".formatted(scene.objects().get(0).label()));
    }
    questions.add(new Question(Kind.COUNT, draw.of(forms), Phrases.number(count), count));
    return scene;
  }

  private Scene read(Draw draw, List<Question> questions, boolean more) {
    Scene scene = composer.text(draw, 1);
    questions.add(whatItSays(draw, scene));
    if (more && draw.chance(0.3)) {
      questions.add(new Question(Kind.COLOUR, draw.of(List.of("What colour is the word?",
          "Which colour is the text?")), scene.text().colour().word(), 0));
    }
    return scene;
  }

  /** A scene of text, read out. */
  static Question whatItSays(Draw draw, Scene scene) {
    return new Question(Kind.READ, draw.of(List.of("What does the text say?", "Which word is written here?",
        "Read the word.", "What is written in the picture?")), scene.text().text(), 0);
  }

  private static Question whichCorner(Draw draw, Scene scene, Placed asked, String thing) {
    String question = draw.of(List.of("Where is the %s?", "Which corner is the %s in?", "In which corner is the %s?",
        "In what corner do you see the %s?")).formatted(thing);
    return new Question(Kind.CORNER, question, asked.place().word(), scene.objects().size());
  }

  private static Question whatIsIt(Draw draw, Scene scene) {
    return new Question(Kind.WHAT, draw.of(List.of("What is it?", "What is this?", "What does the picture show?",
        "Which object is in the picture?")), scene.objects().get(0).label(), scene.objects().size());
  }

  private static Question whatIsThere(Draw draw, Scene scene, Place place) {
    Placed asked = scene.objects().stream().filter(o -> o.place() == place).findFirst().orElseThrow();
    return new Question(Kind.WHAT, draw.of(List.of("What is %s?", "Which object is %s?", "What do you see %s?"))
        .formatted(place.phrase()), asked.label(), scene.objects().size());
  }

  private static Question whichColour(Draw draw, Scene scene, Placed asked) {
    List<String> forms = new ArrayList<>(List.of("What colour is the %s?", "Which colour is the %s?",
        "What is the colour of the %s?"));
    if (scene.objects().size() == 1) {
      forms.add("What colour is it?");
      forms.add("Which colour does it have?");
    }
    return new Question(Kind.COLOUR, draw.of(forms).formatted(asked.label()), asked.colour().word(),
        scene.objects().size());
  }
}
