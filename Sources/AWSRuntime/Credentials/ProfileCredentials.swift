/// Keys in the shared credentials or config file. Profiles that point elsewhere (a role to assume, single sign-on, a
/// program) are refused with a sentence instead of being skipped.
package struct ProfileCredentials: CredentialProvider {
    private let environment: AWSEnvironment

    /// Looks into the files that these variables point to.
    package init(environment: AWSEnvironment) {
        self.environment = environment
    }

    package func fetch() async throws -> AWSCredentials? {
        guard let profile = try environment.profile() else { return nil }
        switch (profile["aws_access_key_id"], profile["aws_secret_access_key"]) {
        case (let id?, let secret?):
            return AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: profile["aws_session_token"]
            )
        case (nil, nil):
            try refuseUnsupported(profile)
            return nil
        default:
            throw AWSError(.credentials, "The AWS profile '\(profile.name)' holds only half of an access key")
        }
    }

    private func refuseUnsupported(_ profile: Profile) throws {
        let settings = ["role_arn", "credential_process", "sso_session", "sso_start_url", "login_session"]
        guard let setting = settings.first(where: { profile[$0] != nil }) else { return }
        throw AWSError(
            .credentials,
            "The AWS profile '\(profile.name)' uses \(setting), which is not supported; export keys instead, "
                + "for example with `aws configure export-credentials --format env`"
        )
    }
}
