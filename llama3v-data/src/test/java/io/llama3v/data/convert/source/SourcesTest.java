package io.llama3v.data.convert.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.document.grounding.BoxText;
import io.llama3v.data.document.grounding.BoxText.Fractions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each set's reader on a small file of the published fields and nesting. */
class SourcesTest {
  @TempDir
  Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text.replace('\'', '"').replace('`', '\''));
  }

  private static List<Example> all(ExampleSource source) throws IOException {
    List<Example> all = new ArrayList<>();
    try (source) {
      for (Example e = source.next(); e != null; e = source.next()) all.add(e);
    }
    return all;
  }

  private static final String VQA_HEAD = "{'info': {'description': 'VQA v2.0', 'year': 2017, 'version': '2.0'}, 'task_type': 'Open-Ended', "
      + "'data_type': 'mscoco', 'license': {'url': 'x', 'name': 'y'}, 'data_subtype': 'train2014', ";
  private static final String ANNOTATION = "{'question_type': 'what is', 'multiple_choice_answer': 'net', 'answers': ["
      + "{'answer': 'net', 'answer_confidence': 'maybe', 'answer_id': 1}, {'answer': 'netting', 'answer_confidence': 'yes', 'answer_id': 2}], "
      + "'image_id': 458752, 'answer_type': 'other', 'question_id': %d}";

  @Test
  void vqaV2JoinsQuestionsAndAnnotationsInAnyOrder() throws IOException {
    Path q = file("q.json", VQA_HEAD + "'questions': [{'image_id': 458752, 'question': 'What is this photo taken through?', 'question_id': 458752000}, "
        + "{'image_id': 458752, 'question': 'Is it red?', 'question_id': 458752001}]}");
    Path a = file("a.json", VQA_HEAD + "'annotations': [" + ANNOTATION.formatted(458752001).replace("'net'", "'no'") + ", " + ANNOTATION.formatted(458752000) + "]}");
    List<Example> all = all(VqaV2.open(q, a, null));
    assertEquals(2, all.size());
    assertEquals(new Example("458752000", List.of(new Picture.Named("COCO_train2014_000000458752.jpg", List.of("train2014/COCO_train2014_000000458752.jpg"))),
        new Task.ShortAnswer("What is this photo taken through?", "net", List.of("net", "netting"), null), Metric.VQA_ACCURACY, "other", false), all.get(0));
    assertEquals("no", ((Task.ShortAnswer) all.get(1).task()).answer());
  }

  @Test
  void vqaV2TellsOfFilesThatDoNotBelongTogether() throws IOException {
    Path q = file("q.json", VQA_HEAD + "'questions': [\n{'image_id': 458752, 'question': 'What?', 'question_id': 5}]}");
    Path a = file("a.json", VQA_HEAD + "'annotations': [" + ANNOTATION.formatted(6) + "]}");
    String missing = assertThrows(ConvertException.class, () -> all(VqaV2.open(q, a, null))).getMessage();
    assertTrue(missing.startsWith(q + ":2 (/questions/0): question 5 has no annotation in " + a), missing);
    Path other = file("b.json", VQA_HEAD + "'annotations': [" + ANNOTATION.formatted(5).replace("458752,", "1,") + "]}");
    String picture = assertThrows(ConvertException.class, () -> all(VqaV2.open(q, other, null))).getMessage();
    assertTrue(picture.contains("(/annotations/0/image_id): expected 458752"), picture);
  }

  @Test
  void textVqaTakesTheMostFrequentAnswer() throws IOException {
    Path f = file("t.json", "{'dataset_type': 'train', 'dataset_name': 'textvqa', 'dataset_version': '0.5.1', 'data': [{'question': 'what is the brand?', "
        + "'image_id': '0054c91397f2fe05', 'image_classes': ['Camera'], 'flickr_original_url': 'https://x', 'flickr_300k_url': 'https://y', 'image_width': 1024, "
        + "'image_height': 730, 'answers': ['dakota', 'nous', 'Dakota', 'dakota digital'], 'question_tokens': ['what'], 'question_id': 0, 'set_name': 'train'}]}");
    Example e = all(TextVqa.open(f)).get(0);
    assertEquals("0", e.id());
    assertEquals("0054c91397f2fe05.jpg", e.pictures().get(0).name());
    assertEquals(new Task.ShortAnswer("what is the brand?", "dakota", List.of("dakota", "nous", "Dakota", "dakota digital"), null), e.task());
    Path test = file("test.json", "{'data': [{'question': 'x', 'image_id': 'y', 'question_id': 1}]}");
    assertTrue(assertThrows(ConvertException.class, () -> all(TextVqa.open(test))).getMessage().contains("test split"));
  }

  @Test
  void docVqaKeepsAllAnswers() throws IOException {
    Path f = file("d.json", "{'dataset_name': 'docvqa', 'dataset_version': '1.0', 'dataset_split': 'train', 'data': [{'questionId': 337, 'question': 'what is the date?', "
        + "'question_types': ['handwritten', 'form'], 'image': 'documents/xnbl0037_1.png', 'docId': 279, 'ucsf_document_id': 'xnbl0037', "
        + "'ucsf_document_page_no': '1', 'answers': ['1/8/93', '1/8/1993'], 'data_split': 'train'}]}");
    Example e = all(DocVqa.open(f)).get(0);
    assertEquals(Example.of("337", new Picture.Named("documents/xnbl0037_1.png"),
        new Task.ShortAnswer("what is the date?", "1/8/93", List.of("1/8/93", "1/8/1993"), null), Metric.ANLS, ""), e);
  }

  @Test
  void chartQaReadsBothHalves() throws IOException {
    Path human = file("test_human.json", "[{'imgname': '41699051005347.png', 'query': 'How many items?', 'label': '14'}]");
    Path augmented = file("test_augmented.json", "[{'imgname': 'two_col_1.png', 'query': 'Value?', 'label': '23.5'}, {'imgname': 'a.png', 'query': 'q', 'label': 'Yes'}]");
    List<Example> all = all(ChartQa.open(List.of(human, augmented)));
    assertEquals(List.of("test_human-0", "test_augmented-0", "test_augmented-1"), all.stream().map(Example::id).toList());
    assertEquals(List.of("human", "augmented", "augmented"), all.stream().map(Example::group).toList());
    assertEquals(new Task.ShortAnswer("How many items?", "14", List.of("14"), null), all.get(0).task());
    assertEquals(Metric.RELAXED_ACCURACY, all.get(0).metric());
  }

  @Test
  void ai2dTakesLettersFromTheLabelledPicturesAndSplitsByPicture() throws IOException {
    String text = "{'imageName': '%1$s.png', 'questions': {'What is A in the diagram?': {'abcLabel': true, 'answerTexts': ['ears', 'nose', 'mouth', 'face'], "
        + "'correctAnswer': 3, 'questionId': '%1$s.png-0'}, 'Which is lower?': {'abcLabel': false, 'answerTexts': ['a', 'b', 'c', 'd'], 'correctAnswer': 0, "
        + "'questionId': '%1$s.png-1'}}}";
    file("questions/0.png.json", text.formatted("0"));
    file("questions/7.png.json", text.formatted("7"));
    Path ids = file("ids.csv", "7\n");
    Path questions = folder.resolve("questions");
    List<Example> test = all(Ai2d.open(questions, "abc_images", ids, true));
    assertEquals(List.of("7.png-0", "7.png-1"), test.stream().map(Example::id).toList());
    assertEquals("abc_images/7.png", test.get(0).pictures().get(0).name());
    assertEquals(new Task.Choice("What is A in the diagram?", null, List.of("ears", "nose", "mouth", "face"), 3, null), test.get(0).task());
    assertEquals("7.png", test.get(1).pictures().get(0).name());
    assertEquals(List.of("0.png-0", "0.png-1"), all(Ai2d.open(questions, "abc_images", ids, false)).stream().map(Example::id).toList());
    Ai2d plain = Ai2d.open(questions, null, null, false);
    assertEquals(List.of("0.png-1", "7.png-1"), all(plain).stream().map(Example::id).toList());
    assertEquals(Map.of("needs-labelled-picture", 2L), plain.skipped());
  }

  @Test
  void cocoGathersTheCaptionsOfAPicture() throws IOException {
    Path f = file("c.json", "{'info': {'year': 2017}, 'licenses': [{'id': 1}], 'images': [{'license': 3, 'file_name': '000000391895.jpg', 'coco_url': 'x', 'height': 360, "
        + "'width': 640, 'date_captured': 'd', 'flickr_url': 'y', 'id': 391895}, {'file_name': 'none.jpg', 'id': 2}, {'file_name': '000000000003.jpg', 'id': 3}], "
        + "'annotations': [{'image_id': 3, 'id': 1, 'caption': 'A dog. '}, {'image_id': 391895, 'id': 770337, 'caption': 'A man with a red helmet.'}, "
        + "{'image_id': 3, 'id': 4, 'caption': 'The dog.'}]}");
    CocoCaptions source = CocoCaptions.open(f);
    List<Example> all = all(source);
    assertEquals(List.of("391895", "3"), all.stream().map(Example::id).toList());
    assertEquals(new Task.Caption(List.of("A man with a red helmet.")), all.get(0).task());
    assertEquals(new Task.Caption(List.of("A dog.", "The dog.")), all.get(1).task());
    assertEquals(Map.of("no-caption", 1L), source.skipped());
  }

  @Test
  void gqaQuestionsHaveTheirSentence() throws IOException {
    Path f = file("g.json", "{'02930152': {'semantic': [{'operation': 'select', 'dependencies': [], 'argument': 'sky (2486325)'}], 'entailed': ['02930160'], "
        + "'equivalent': ['02930152'], 'question': 'Is the sky dark?', 'imageId': '2354786', 'isBalanced': true, 'groups': {'global': null, 'local': '06-sky_dark'}, "
        + "'answer': 'yes', 'semanticStr': 'select', 'annotations': {'answer': {}}, 'types': {'detailed': 'verifyAttr', 'semantic': 'attr', 'structural': 'verify'}, "
        + "'fullAnswer': 'Yes, the sky is dark.'}}");
    Example e = all(GqaQuestions.open(f)).get(0);
    assertEquals("02930152", e.id());
    assertEquals("2354786.jpg", e.pictures().get(0).name());
    assertEquals("verify", e.group());
    assertEquals(new Task.ShortAnswer("Is the sky dark?", "yes", List.of("yes"), "Yes, the sky is dark."), e.task());
  }

  @Test
  void gqaSceneGraphsLeaveOutWhatIsAmbiguous() throws IOException {
    Path f = file("s.json", "{'2407890': {'width': 640, 'height': 480, 'location': 'living room', 'weather': null, 'objects': {"
        + "'1': {'name': 'chair', 'x': 320, 'y': 240, 'w': 64, 'h': 48, 'attributes': ['brown'], 'relations': [{'name': 'on', 'object': '2'}]}, "
        + "'2': {'name': 'chair', 'x': 0, 'y': 0, 'w': 10, 'h': 10, 'attributes': ['brown', 'small'], 'relations': []}, "
        + "'3': {'name': 'lamp', 'x': 600, 'y': 0, 'w': 100, 'h': 120, 'attributes': [], 'relations': []}}}}");
    GqaSceneGraphs source = GqaSceneGraphs.open(f);
    List<Example> all = all(source);
    // the brown chair may be either, the small one is one
    assertEquals(List.of("2407890-2", "2407890-3"), all.stream().map(Example::id).toList());
    assertEquals(new Task.Region("brown small chair", new Fractions(0, 0, 10 / 640.0, 10 / 480.0)), all.get(0).task());
    assertEquals(new Task.Region("lamp", new Fractions(0.9375, 0, 1, 0.25)), all.get(1).task());
    assertEquals(Map.of("ambiguous", 1L), source.skipped());
  }

  @Test
  void visualGenomeQuestionsAndRegions() throws IOException {
    Path qa = file("question_answers.json", "[{'id': 1, 'qas': [{'a_objects': [], 'question': 'What color is the clock?', 'image_id': 1, 'qa_id': 986768, "
        + "'answer': 'Green.', 'q_objects': []}]}, {'id': 2, 'qas': []}]");
    Example q = all(VisualGenomeQuestions.open(qa)).get(0);
    assertEquals("986768", q.id());
    assertEquals(new Picture.Named("VG_100K/1.jpg", List.of("VG_100K_2/1.jpg", "1.jpg")), q.pictures().get(0));
    assertEquals(new Task.ShortAnswer("What color is the clock?", "Green", List.of("Green."), "Green."), q.task());
    Path regions = file("region_descriptions.json", "[{'id': 1, 'regions': [{'region_id': 1382, 'width': 82, 'height': 139, 'image_id': 1, "
        + "'phrase': 'the clock is green in colour', 'y': 57, 'x': 421}, {'region_id': 3, 'width': 5, 'height': 5, 'image_id': 1, 'phrase': 'out', 'y': 700, 'x': 0}]}]");
    Path data = file("image_data.json", "[{'width': 800, 'url': 'https://x', 'height': 600, 'image_id': 1, 'coco_id': null, 'flickr_id': null}]");
    VisualGenomeRegions source = VisualGenomeRegions.open(regions, data);
    List<Example> all = all(source);
    assertEquals(1, all.size());
    Fractions box = ((Task.Region) all.get(0).task()).box();
    assertEquals("<box>(0.526,0.095,0.629,0.327)</box>", new BoxText(null, null, 0).write(box));
    assertEquals(Map.of("box-outside-picture", 1L), source.skipped());
  }

  @Test
  void scienceQaProblemsWithAndWithoutPictures() throws IOException {
    String rest = "'task': 'closed choice', 'grade': 'grade2', 'subject': 'natural science', 'topic': 'physics', 'category': 'c', 'skill': 's', 'lecture': 'l', ";
    Path f = file("problems.json", "{'1': {'question': 'Which is the strongest?', 'choices': ['A pair', 'B pair'], 'answer': 1, 'hint': '', 'image': null, " + rest
        + "'solution': 'Because.', 'split': 'train'}, '2': {'question': 'Which state?', 'choices': ['Ohio', 'Utah', 'Iowa'], 'answer': 2, 'hint': 'Look north.', "
        + "'image': 'image.png', " + rest + "'solution': '', 'split': 'val'}}");
    List<Example> all = all(ScienceQa.open(f, null, false));
    assertEquals(List.of(), all.get(0).pictures());
    assertEquals(new Task.Choice("Which is the strongest?", null, List.of("A pair", "B pair"), 1, "Because."), all.get(0).task());
    assertEquals("val/2/image.png", all.get(1).pictures().get(0).name());
    assertEquals(new Task.Choice("Which state?", "Look north.", List.of("Ohio", "Utah", "Iowa"), 2, null), all.get(1).task());
    assertEquals("natural science", all.get(1).group());
    ScienceQa train = ScienceQa.open(f, "train", true);
    assertEquals(List.of(), all(train));
    assertEquals(Map.of("other-split", 1L, "no-picture", 1L), train.skipped());
  }

  @Test
  void mmmuRowsOfJson() throws IOException {
    String rest = "'explanation': '', 'image_3': null, 'image_4': null, 'image_5': null, 'image_6': null, 'image_7': null, 'img_type': \"[`Tables`]\", "
        + "'topic_difficulty': 'Medium', 'subfield': 'Managerial Accounting'";
    Path f = file("m.jsonl", ("{'id': 'validation_Art_Theory_12', 'question': '<image 2> Each of the following?', 'options': \"[`$6`, `<image 1>`, `it is`]\", "
        + "'image_1': {'path': 'one.png'}, 'image_2': 'two.png', 'answer': 'C', 'question_type': 'multiple-choice', " + rest + "}\n"
        + "{'id': 'validation_Math_1', 'question': 'How much? <image 1>', 'options': '[]', 'image_1': 'one.png', 'image_2': null, 'answer': \"[`1.5`, `3/2`]\", "
        + "'question_type': 'open', " + rest + "}\n{'id': 'test_Math_1', 'question': 'q', 'options': '[]', 'answer': '?', 'question_type': 'open'}\n"));
    Mmmu source = Mmmu.open(List.of(f));
    List<Example> all = all(source);
    assertEquals(2, all.size());
    Example first = all.get(0);
    assertEquals("Art_Theory", first.group());
    assertTrue(first.marked());
    assertEquals(List.of("one.png", "two.png"), first.pictures().stream().map(Picture::name).toList());
    assertEquals(new Task.Choice("<image 2> Each of the following?", null, List.of("$6", "<image 1>", "it is"), 2, null), first.task());
    assertEquals(new Task.ShortAnswer("How much? <image 1>", "1.5", List.of("1.5", "3/2"), null), all.get(1).task());
    assertEquals(Metric.OPEN_ANSWER, all.get(1).metric());
    assertEquals(Map.of("no-answer", 1L), source.skipped());
    Path bad = file("bad.jsonl", "\n{'id': 'validation_Math_1', 'question': 'q', 'options': \"[`a` `b`]\", 'answer': 'A', 'question_type': 'multiple-choice'}");
    String message = assertThrows(ConvertException.class, () -> all(Mmmu.open(List.of(bad)))).getMessage();
    assertTrue(message.startsWith(bad + ":2 (/options): expected ','"), message);
  }

  @Test
  void pythonListsAsPythonPrintsThem() {
    assertEquals(List.of("it's", "a\"b", "tab\there", "é", "\\d"), PythonList.parse("[\"it's\", 'a\"b', 'tab\\there', '\\xe9', '\\d']"));
    assertEquals(List.of(), PythonList.parse(" [ ] "));
    for (String bad : List.of("", "[", "['a'", "['a',", "'a'", "['a'] x", "['\\x4']", "[1]")) {
      assertThrows(IllegalArgumentException.class, () -> PythonList.parse(bad), bad);
    }
  }

  @Test
  void votesCountWithoutCaseAndTiesGoToTheFirst() {
    assertEquals("b", Answers.mostFrequent(List.of("a", "b", "B ")));
    assertEquals("a", Answers.mostFrequent(List.of("a", "b")));
    assertFalse(Answers.mostFrequent(List.of("x")).isEmpty());
    assertNull(Regions.of(10, 0, 5, 5, 10, 10));
  }
}
