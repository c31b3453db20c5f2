package io.llama3v.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Hugging Face's description of a byte-level vocabulary, in the form of Llama 3's. */
final class TokenizerJson {
  private TokenizerJson() {}

  /** The content of {@code tokenizer.json}. */
  static ObjectNode definition(ObjectMapper json, List<byte[]> tokens, Map<String, Integer> specials) {
    ObjectNode root = json.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    specials.forEach((name, id) -> added.add(properties(json.createObjectNode().put("id", id).put("content", name))));
    root.putNull("normalizer");
    ObjectNode splitting = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = splitting.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", Llama3PreTokenizer.HUGGING_FACE_PATTERN);
    split.put("behavior", "Isolated").put("invert", false);
    byteLevel(steps.addObject(), false, true, false);
    postProcessor(root.putObject("post_processor"), specials);
    byteLevel(root.putObject("decoder"), true, true, true);
    model(root.putObject("model"), tokens);
    return root;
  }

  /** The content of {@code tokenizer_config.json}. */
  static ObjectNode configuration(ObjectMapper json, Map<String, Integer> specials) {
    ObjectNode root = json.createObjectNode();
    ObjectNode decoder = root.putObject("added_tokens_decoder");
    specials.forEach((name, id) -> decoder.set(id.toString(), properties(json.createObjectNode().put("content", name))));
    named(root, "bos_token", SpecialTokens.BEGIN_OF_TEXT, specials);
    named(root, "eos_token", SpecialTokens.END_OF_TEXT, specials);
    named(root, "pad_token", SpecialTokens.PAD, specials);
    root.put("chat_template", ChatTemplate.JINJA);
    root.put("clean_up_tokenization_spaces", false);
    root.putArray("model_input_names").add("input_ids").add("attention_mask");
    root.put("model_max_length", 131072);
    root.put("tokenizer_class", "PreTrainedTokenizerFast");
    return root;
  }

  private static ObjectNode properties(ObjectNode token) {
    return token.put("single_word", false).put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
  }

  private static void named(ObjectNode root, String key, String token, Map<String, Integer> specials) {
    if (specials.containsKey(token)) {
      root.put(key, token);
    }
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace).put("trim_offsets", trimOffsets);
    node.put("use_regex", useRegex);
  }

  /** Puts {@code <|begin_of_text|>} in front when other programs ask for special tokens. */
  private static void postProcessor(ObjectNode node, Map<String, Integer> specials) {
    node.put("type", "Sequence");
    ArrayNode steps = node.putArray("processors");
    byteLevel(steps.addObject(), true, false, true);
    Integer begin = specials.get(SpecialTokens.BEGIN_OF_TEXT);
    if (begin == null) {
      return;
    }
    ObjectNode template = steps.addObject().put("type", "TemplateProcessing");
    sequence(special(template.putArray("single"), 0), "A", 0);
    sequence(special(sequence(special(template.putArray("pair"), 0), "A", 0), 1), "B", 1);
    ObjectNode token = template.putObject("special_tokens").putObject(SpecialTokens.BEGIN_OF_TEXT);
    token.put("id", SpecialTokens.BEGIN_OF_TEXT);
    token.putArray("ids").add(begin);
    token.putArray("tokens").add(SpecialTokens.BEGIN_OF_TEXT);
  }

  private static ArrayNode special(ArrayNode pieces, int type) {
    pieces.addObject().putObject("SpecialToken").put("id", SpecialTokens.BEGIN_OF_TEXT).put("type_id", type);
    return pieces;
  }

  private static ArrayNode sequence(ArrayNode pieces, String id, int type) {
    pieces.addObject().putObject("Sequence").put("id", id).put("type_id", type);
    return pieces;
  }

  private static void model(ObjectNode model, List<byte[]> tokens) {
    model.put("type", "BPE").putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", true);
    ObjectNode vocabulary = model.putObject("vocab");
    Map<String, Integer> idOf = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(ByteAlphabet.textOf(tokens.get(id)), id);
      idOf.put(ByteAlphabet.textOf(tokens.get(id)), id);
    }
    ArrayNode merges = model.putArray("merges");
    // All cuts of a token, not only the one it was learned by, so that merging down this list equals merging by rank.
    for (byte[] token : tokens) {
      String text = ByteAlphabet.textOf(token);
      Map<Long, String> cuts = new TreeMap<>();
      for (int cut = 1; cut < text.length(); cut++) {
        Integer left = idOf.get(text.substring(0, cut));
        Integer right = idOf.get(text.substring(cut));
        if (left != null && right != null) {
          cuts.put(MergeTable.pair(left, right), text.substring(0, cut) + " " + text.substring(cut));
        }
      }
      cuts.values().forEach(merges::add);
    }
  }
}
