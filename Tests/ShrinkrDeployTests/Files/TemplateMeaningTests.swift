import Testing

@testable import ShrinkrDeploy

@Suite("What a template says") struct TemplateMeaningTests {
    private static let text = """
        Description: One
        Metadata: {A: 1}
        Parameters:
          Size: {Type: String, Default: "1", Description: How large}
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties:
              Name: !Sub "a-${Size}"
              Tags: [!Ref Size, !GetAtt [A, B], plain]

        """

    @Test(
        "is the same in another form",
        arguments: [
            ("Description: One", "Description: Two"), ("Metadata: {A: 1}", "Metadata: {B: [2]}"),
            (", Description: How large", ""), ("Type: AWS::SQS::Queue", "Type: 'AWS::SQS::Queue' # a queue"),
            ("{Type: String, Default: \"1\",", "{Default: \"1\", Type: String,"),
        ])
    func form(old: String, new: String) {
        let changed = TemplateMeaning(Self.text.replacing(old, with: new))
        #expect(changed == TemplateMeaning(Self.text))
        #expect(changed.hash == TemplateMeaning(Self.text).hash)
    }

    @Test(
        "is another one where anything differs",
        arguments: [
            ("Default: \"1\"", "Default: \"2\"", ["Parameters.Size.Default"]),
            ("!Sub", "!Ref", ["Resources.Queue.Properties.Name"]),
            ("!Ref Size", "Size", ["Resources.Queue.Properties.Tags.0"]),
            ("!GetAtt [A, B]", "[A, B]", ["Resources.Queue.Properties.Tags.1"]),
            (", plain", "", ["Resources.Queue.Properties.Tags", "Resources.Queue.Properties.Tags.2"]),
        ])
    func differences(old: String, new: String, paths: [String]) {
        let changed = TemplateMeaning(Self.text.replacing(old, with: new))
        #expect(changed.differences(from: TemplateMeaning(Self.text)) == paths)
        #expect(changed.hash != TemplateMeaning(Self.text).hash)
    }

    @Test("is its text where it is no template") func noTemplate() {
        #expect(TemplateMeaning("[") != TemplateMeaning("[ "))
        #expect(TemplateMeaning("text") == TemplateMeaning("text"))
    }
}
