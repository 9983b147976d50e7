import AWSRuntime

/// A credential document as ECS and EC2 send it.
let credentialDocument = """
    {"AccessKeyId":"ASIAX","SecretAccessKey":"s","Token":"t","Expiration":"2025-11-22T18:00:00Z","RoleArn":"r"}
    """
/// What is in `credentialDocument`.
let documentedCredentials = AWSCredentials(
    accessKeyID: "ASIAX",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: UTCTime(secondsSinceEpoch: 1_763_834_400)
)
