package io.llama3v.data.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.convert.rewrite.Rewriter;
import io.llama3v.data.convert.text.Templates;
import io.llama3v.data.convert.text.Turn;
import io.llama3v.data.convert.text.Wordings;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExampleConversationsTest {
  private static final Wordings BARE = (e, key) -> {
    Task.ShortAnswer s = (Task.ShortAnswer) e.task();
    return new Turn(s.question(), s.answer());
  };

  private static Example example(int id, String picture) {
    return Example.of(String.valueOf(id), new Picture.Named(picture), new Task.ShortAnswer("q" + id, "a" + id, List.of("a" + id), null), Metric.EXACT_MATCH, "g");
  }

  private static ExampleSource source(List<Example> examples) {
    Iterator<Example> it = examples.iterator();
    return new ExampleSource() {
      @Override
      public Example next() {
        return it.hasNext() ? it.next() : null;
      }

      @Override
      public String name() {
        return "set";
      }

      @Override
      public void close() {}
    };
  }

  private static List<Conversation> all(List<Example> examples, Wordings wordings, ExampleConversations.Options options) throws IOException {
    List<Conversation> all = new ArrayList<>();
    try (ExampleConversations c = new ExampleConversations(source(examples), wordings, options)) {
      for (Conversation next = c.next(); next != null; next = c.next()) all.add(next);
    }
    return all;
  }

  @Test
  void neighboursAboutOnePictureBecomeOneConversation() throws IOException {
    List<Example> examples = List.of(example(1, "a"), example(2, "a"), example(3, "a"), example(4, "b"), example(5, "a"));
    List<Conversation> all = all(examples, BARE, new ExampleConversations.Options().turns(2));
    assertEquals(List.of("set-1", "set-3", "set-4", "set-5"), all.stream().map(Conversation::id).toList());
    Conversation first = all.get(0);
    assertEquals(4, first.messages().size());
    assertEquals(1, first.pictures().size());
    assertEquals(1, first.messages().get(0).images());
    for (Truth t : first.truths()) {
      assertEquals(t.question(), Conversation.words(first.messages().get(t.turn())));
      assertEquals(Message.assistant("a" + t.id()), first.messages().get(t.turn() + 1));
      assertEquals("g", t.group());
    }
    assertEquals(List.of(0, 2), first.truths().stream().map(Truth::turn).toList());
  }

  @Test
  void whatIsAskedFirstDependsOnTheSeed() throws IOException {
    List<Example> examples = IntStream.range(0, 6).mapToObj(i -> example(i, "a")).toList();
    List<Conversation> one = all(examples, BARE, new ExampleConversations.Options().seed(1));
    assertEquals(one, all(examples, BARE, new ExampleConversations.Options().seed(1)));
    assertNotEquals(one, all(examples, BARE, new ExampleConversations.Options().seed(2)));
    assertEquals(6, one.get(0).truths().stream().map(Truth::id).distinct().count());
  }

  @Test
  void markedPicturesKeepTheirNumbersInTheTruth() throws IOException {
    Task.Choice task = new Task.Choice("See <image 2>.", null, List.of("<image 1>", "nothing"), 0, null);
    Example e = new Example("m.1", List.of(new Picture.Named("one"), new Picture.Named("two"), new Picture.Named("three")), task, Metric.MULTIPLE_CHOICE, "", true);
    Conversation c = all(List.of(e, e), Wordings.fixed(Templates.standard(), 0), new ExampleConversations.Options()).get(0);
    assertEquals("set-m_1", c.id());
    assertEquals(List.of("three", "two", "one"), c.pictures().stream().map(Picture::name).toList());
    assertEquals("See <image 2>.", c.truths().get(0).question());
    assertEquals(List.of("<image 3>", "nothing"), c.truths().get(0).options());
    assertEquals(List.of("A"), c.truths().get(0).answers());
    assertEquals(new Content.Image(), c.messages().get(0).content().get(0));
    assertEquals(2, c.messages().size());
  }

  @Test
  void rewritingOnThreadsKeepsTheOrder() throws IOException {
    Rewriter slow = new Rewriter() {
      @Override
      public Turn rewrite(Task task, Turn template, String key) throws InterruptedException {
        Thread.sleep(key.hashCode() & 3);
        return new Turn("new " + template.question(), template.answer());
      }

      @Override
      public Map<String, Long> counts() {
        return Map.of("rewritten", 7L);
      }

      @Override
      public int parallel() {
        return 3;
      }

      @Override
      public void close() {}
    };
    List<Example> examples = IntStream.range(0, 40).mapToObj(i -> example(i, "p" + i)).toList();
    try (ExampleConversations c = new ExampleConversations(source(examples), BARE, new ExampleConversations.Options().rewriter(slow))) {
      for (int i = 0; i < 40; i++) {
        Conversation next = c.next();
        assertEquals("set-" + i, next.id());
        assertTrue(Conversation.words(next.messages().get(0)).startsWith("new q" + i));
      }
      assertEquals(null, c.next());
      assertEquals(Map.of("examples", 40L, "rewriter/rewritten", 7L), c.counts());
    }
  }
}
