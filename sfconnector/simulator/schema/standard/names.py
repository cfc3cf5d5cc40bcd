"""The names and key prefixes of standard objects that are not described in full."""

from __future__ import annotations

from typing import Final

BUSINESS: Final = """
Address:130 AlternativePaymentMethod:8Z7 AppointmentInvitation:1S8 Asset:02i
AssetAction:4nL AssetRelationship:1AR AssetStatePeriod:4nK AssignedResource:03r
AssociatedLocation:0Kt AuthorizationForm:0cI AuthorizationFormConsent:0cK
AuthorizationFormDataUse:0cM AuthorizationFormText:0cN BusinessBrand:1BU BuyerGroup:0ZI
CardPaymentMethod:03O CartCheckoutSession:2z9 CartDeliveryGroup:0a7 CartItem:0a9
CartTax:0gT ChangeRequest:0oW CommSubscription:0Xl CommSubscriptionChannelType:0eB
CommSubscriptionConsent:0dY ContactPointAddress:8lW ContactPointConsent:0ZX
ContactPointEmail:9Vl ContactPointPhone:0Ow ContactPointTypeConsent:0ZY
ContactRequest:0Tz Contract:800 ContractLineItem:811 Coupon:0lC CreditMemo:50g
CreditMemoInvApplication:4sF CreditMemoLine:9yx Customer:0o6 DataUseLegalBasis:0ZT
DataUsePurpose:0ZW DigitalWallet:1DW EmailMessage:02s EngagementChannelType:0eF
Entitlement:550 FinanceBalanceSnapshot:2kA FinanceTransaction:0n3 FulfillmentOrder:0a3
FulfillmentOrderLineItem:0a4 Image:4YL Incident:0ny Individual:0PK Invoice:3tt
InvoiceLine:5TV LegalEntity:0fw ListEmail:0XB Location:131 LocationGroup:0gh Macro:0JZ
MessagingEndUser:0PA MessagingSession:0Mw OperatingHours:0OH OpportunityLineItem:00k
Order:801 OrderItem:802 PartyConsent:0g8 Payment:0aQ PaymentAuthorization:0Xc
PaymentGateway:0b0 PaymentGroup:9zx PricebookEntry:01u Problem:0o2 ProductCatalog:0ZS
ProductCategory:0ZG ProductCategoryProduct:0ZR Promotion:0c8 QuickText:574 Refund:0cb
ResourceAbsence:0Hw ReturnOrder:2oN ReturnOrderLineItem:0Sn Scorecard:01f Seller:0q6
ServiceAppointment:08p ServiceContract:810 ServiceResource:0Hn ServiceTerritory:0Hh
ServiceTerritoryMember:0Hu Shift:0a0 Shipment:0OB ShipmentItem:0ob Solution:501
TimeSlot:0Gj Topic:0TO VoiceCall:0LQ Waitlist:11w WebCart:0a6 WebStore:0ZE
WorkOrder:0WO WorkOrderLineItem:1WL WorkPlan:0gq WorkPlanTemplate:7Iy WorkStep:0hF
WorkStepTemplate:4L0 WorkType:08q WorkTypeGroup:0VS
"""
"""Objects people work with: they can be written, searched, shared and tracked."""

PLAIN: Final = """
AccountCleanInfo:1CA AccountContactRole:02Z AccountPartner:00I ActionLinkTemplate:07l
AdditionalNumber:04m AgentWork:0Bz Announcement:0Bt AppMenuItem:0DS
AppointmentCategory:11x AssignmentRule:01Q BrandTemplate:016 BusinessHours:01m
BusinessProcess:019 Calendar:023 CalendarView:03A CallCenter:04v
CampaignMemberStatus:01Y CaseContactRole:03j CaseMilestone:555 CaseSolution:010
CategoryData:02o CategoryNode:02n ClientBrowser:713 CollaborationGroup:0F9
CollaborationGroupMember:0FB CollaborationInvitation:0H1 Community:09a
ConferenceNumber:0Ah ContentAsset:03S ContentDistribution:05D ContentDocumentLink:06A
ContentFolder:07H ContentFolderLink:07v ContentVersionComment:05C ContentWorkspace:058
ContentWorkspaceDoc:059 ContentWorkspaceMember:05A ContractContactRole:02a
Conversation:0dw CorsWhitelistEntry:074 CspTrustedSite:08y CustomBrand:07W
CustomHttpHeader:0XH CustomNotificationType:0ML CustomPermission:0CP Dashboard:01Z
DashboardComponent:01a Document:015 Domain:0I4 DomainSite:0Jf DuplicateRecordItem:0GL
DuplicateRecordSet:0GK DuplicateRule:0Bm EmailDomainKey:09P EmailMessageRelation:0CZ
EmailServicesAddress:093 EmailServicesFunction:091 EmailTemplate:00X
EnhancedLetterhead:0Rn EntitlementContact:0E7 EntityMilestone:1EM
EntitySubscription:0E8 EventRelation:0RE ExternalDataSource:0XC
ExternalDataUserAuth:0XU ExternalEvent:0AY FeedAttachment:08M FeedComment:0D7
FeedItem:0D5 FeedPollChoice:09A FeedRevision:08U FieldPermissions:01k
FlowInterview:0Fo FlowRecord:2aF Folder:00l GroupMember:011 Holiday:0C0 Idea:087
InstalledMobileApp:0El KnowledgeableUser:0in ListView:00B ListViewChart:0Dd
LoginGeo:04F LoginIp:710 MacroInstruction:0Ji MailmergeTemplate:01H ManagedContent:20Y
MatchingRule:0JD MatchingRuleItem:0JE MessagingChannel:0Mj MilestoneType:557
MutingPermissionSet:0QM NamedCredential:0XA Note:002 ObjectPermissions:110
OpportunityCompetitor:00J OpportunityPartner:00I OrgWideEmailAddress:0D2
PackageLicense:050 Participant:0lH Partner:00I Period:026 PermissionSet:0PS
PermissionSetAssignment:0Pa PermissionSetGroup:0PG PermissionSetGroupComponent:0PM
PermissionSetLicense:0PL PermissionSetLicenseAssign:2LA PermissionSetTabSetting:01P
PresenceUserConfig:0Nd ProcessException:2Pe ProcessInstance:04g
ProcessInstanceNode:0OO ProcessInstanceStep:04h ProcessInstanceWorkitem:04i
ProductAttribute:0iU ProductConsumptionSchedule:0Mq Prompt:0bs PromptVersion:0bt
PushTopic:0IF QueueRoutingConfig:0K9 QueueSobject:03g Recommendation:0pr
RecordAction:0Rw RedirectWhitelistUrl:9V6 Report:00O SamlSsoConfig:0LE
ScorecardMetric:0Om ServiceChannel:0N9 ServicePresenceStatus:0N5 SetupEntityAccess:0J0
Site:0DM Skill:0C5 SkillRequirement:0Hx SlaProcess:552 StaticResource:081
StreamingChannel:0M6 TabDefinition:0KD TestSuiteMembership:0Hd TodayGoal:0Jz
TopicAssignment:0FT TransactionSecurityPolicy:0NI Translation:01h UserAppInfo:0Ds
UserLicense:100 UserListView:0Na UserPackageLicense:051 UserPreference:03u
UserProvAccount:0Ni UserProvisioningConfig:0Je UserProvisioningRequest:0HP
UserServicePresence:0R1 WebLink:00b WebStoreBuyerGroup:0cD WebStoreCatalog:0Zp
"""
"""Objects that can be written, but have no page of their own."""

READ_ONLY: Final = """
ActiveFeatureLicenseMetric:5H2 ActivePermSetLicenseMetric:5H1 ActiveProfileMetric:5H0
ApexClass:01p ApexComponent:099 ApexLog:07L ApexPage:066 ApexTestQueueItem:709
ApexTestResult:07M ApexTestRunResult:05m ApexTrigger:01q AppDefinition:06m
AsyncApexJob:707 AuraDefinition:0Ad AuraDefinitionBundle:0Ab AuthProvider:0SO
AuthSession:0Ak BackgroundOperation:08P CaseHistory2:02D CaseStatus:-
ConnectedApplication:0H4 ContractStatus:- CronJobDetail:08a CronTrigger:08e
DandBCompany:06E DatacloudCompany:09K DatacloudContact:08C EntityDefinition:4ie
EventBusSubscriber:0Cd EventLogFile:0AT FieldDefinition:4fe
FieldSecurityClassification:-
FiscalYearSettings:022 FlowDefinitionView:3dd FlowVersionView:3vd
IdpEventLog:0Yu LeadStatus:01J LoginHistory:0Ya OauthToken:0CQ OpportunityHistory:008
OpportunityStage:01J OrderStatus:- PartnerRole:- PlatformAction:0JV
PlatformEventUsageMetric:8Kk ProcessDefinition:04a ProcessNode:04b RecentlyViewed:-
SetupAuditTrail:0Ym SolutionStatus:- TaskPriority:- TaskStatus:-
TenantUsageEntitlement:0UT
UserLogin:0Yw UserRecordAccess:- VerificationHistory:0Qt WorkOrderStatus:-
"""
"""Objects Salesforce fills in itself."""

UNQUERYABLE: Final = """
ActivityHistory:- AggregateResult:- AttachedContentDocument:- CombinedAttachment:-
EmailStatus:018 FeedLike:0I0 FeedSignal:0QJ FeedTrackedChange:0D6
FolderedContentDocument:- LookedUpFromActivity:- Name:- NoteAndAttachment:-
OpenActivity:- OwnedContentDocument:- ProcessInstanceHistory:-
BatchApexErrorEvent:1QQ FlowExecutionErrorEvent:0eC LoginEventStream:0Ll
LogoutEventStream:0PH PlatformStatusAlertEvent:0V2 UriEventStream:0Ux
"""
"""Objects that cannot be queried: views of others, and events."""

NO_BULK: Final = """
AcceptedEventRelation AssetTokenEvent AttachedContentNote Attachment CaseStatus
ContractStatus DeclinedEventRelation EventWhoRelation FieldSecurityClassification
OrderStatus PartnerRole QuoteTemplateRichTextData RecentlyViewed
ServiceAppointmentStatus ShiftStatus SolutionStatus TaskPriority TaskStatus
TaskWhoRelation UndecidedEventRelation WorkOrderLineItemStatus WorkOrderStatus
WorkStepStatus
"""
"""Objects the Bulk API refuses."""

REPLICATED: Final = """
AccountCleanInfo AccountContactRole AgentWork BusinessHours BusinessProcess CalendarView
CampaignMemberStatus CaseContactRole CaseSolution CategoryData CategoryNode
CollaborationGroupMember ContractContactRole Document DuplicateRecordItem
DuplicateRecordSet EmailMessageRelation EmailTemplate EntitlementContact EventRelation
FeedComment FeedItem Folder GroupMember Holiday Idea MacroInstruction ManagedContent
Note
OpportunityCompetitor OrgWideEmailAddress Partner Period ProcessException
QueueSobject Recommendation StaticResource TopicAssignment WebLink ApexClass ApexPage
ApexTrigger ApexComponent OpportunityHistory
"""
"""Those of the objects without a page that getUpdated() and getDeleted() serve."""

COMPANIONS: Final = """
Account:CFHS Address:H AlternativePaymentMethod:S AppointmentInvitation:FHS Asset:CFHS
AssetRelationship:FH AssignedResource:CF AssociatedLocation:H AuthorizationForm:HS
AuthorizationFormConsent:CHS AuthorizationFormDataUse:HS AuthorizationFormText:FH
BusinessBrand:S BuyerGroup:FHS Campaign:CFHS CampaignMember:C CartItem:C Case:CFHS
ChangeRequest:CFHS CommSubscription:FHS CommSubscriptionConsent:CFHS Contact:CFHS
ContactPointAddress:CHS ContactPointConsent:CHS ContactPointEmail:CHS
ContactPointPhone:CHS ContactPointTypeConsent:CHS ContactRequest:S ContentDocument:CFH
ContentVersion:CH Contract:CFH ContractLineItem:CFH Coupon:FHS CreditMemo:FHS
CreditMemoLine:FH Customer:S DataUseLegalBasis:HS DataUsePurpose:HS EmailMessage:C
EngagementChannelType:FHS Entitlement:CFH Event:CF FinanceTransaction:CS
FulfillmentOrder:FS Image:FHS Incident:CFHS Individual:CHS Invoice:FHS InvoiceLine:FH
Lead:CFHS LegalEntity:FHS ListEmail:CS Location:CFHS LocationGroup:FHS Macro:CHS
MessagingEndUser:HS MessagingSession:FHS OperatingHours:CFS Opportunity:CFS
OpportunityContactRole:C Order:CFHS OrderItem:CFH Parcel__c:CH PartyConsent:CFHS
Payment:F Pricebook2:CH PricebookEntry:CH Problem:CFHS Product2:CFH ProductCatalog:CFHS
ProductCategory:CFH ProductCategoryProduct:CH Promotion:FHS QuickText:CHS
ResourceAbsence:CFH ReturnOrder:CFHS ReturnOrderLineItem:CFH Scorecard:S Seller:HS
ServiceAppointment:CFHS ServiceContract:CFHS ServiceResource:CFHS ServiceTerritory:CFHS
ServiceTerritoryMember:CFH Shift:CFHS Shipment:CFHS Shipment__c:CFHS ShipmentItem:FH
Solution:FH Task:CF TimeSlot:C Topic:F User:CFS VoiceCall:CFS Waitlist:FHS WebCart:CHS
WebStore:CS WorkOrder:CFHS WorkOrderLineItem:CFH WorkPlan:CFHS WorkPlanTemplate:CFHS
WorkStep:CFH WorkStepTemplate:CFHS WorkType:CFHS WorkTypeGroup:FHS
"""
"""What stands beside an object: C change events, F feed, H history, S shares."""

SHARE_PREFIXES: Final = {
    "Account": "00r",
    "Asset": "70a",
    "Campaign": "08s",
    "Case": "01n",
    "Contact": "03s",
    "Individual": "0T5",
    "Lead": "01o",
    "Opportunity": "00t",
    "Order": "0Fy",
    "VoiceCall": "02c",
}

LABELS: Final = {
    "AdditionalNumber": "Additional Directory Number",
    "ApexComponent": "Visualforce Component",
    "ApexLog": "Apex Debug Log",
    "ApexPage": "Visualforce Page",
    "AsyncApexJob": "Apex Job",
    "AuraDefinition": "Lightning Component Definition",
    "AuraDefinitionBundle": "Aura Component Bundle",
    "AuthProvider": "Auth. Provider",
    "BrandTemplate": "Letterhead",
    "CaseHistory2": "Case History",
    "CaseStatus": "Case Status Value",
    "CollaborationGroup": "Group",
    "CollaborationGroupMember": "Group Member",
    "CommSubscription": "Communication Subscription",
    "CommSubscriptionChannelType": "Communication Subscription Channel Type",
    "CommSubscriptionConsent": "Communication Subscription Consent",
    "Community": "Zone",
    "ConnectedApplication": "Connected App",
    "ContentAsset": "Asset File",
    "ContentWorkspace": "Library",
    "ContentWorkspaceDoc": "Library Document",
    "ContentWorkspaceMember": "Library Member",
    "ContractStatus": "Contract Status Value",
    "CorsWhitelistEntry": "CORS Allowed Origin List",
    "CronJobDetail": "Cron Job",
    "CronTrigger": "Scheduled Jobs",
    "CspTrustedSite": "Trusted URL",
    "CustomHttpHeader": "Custom HTTP Header",
    "DandBCompany": "D&B Company",
    "DatacloudCompany": "Data.com Company",
    "DatacloudContact": "Data.com Contact",
    "DomainSite": "Custom URL",
    "EmailServicesFunction": "Email Service",
    "EntityMilestone": "Object Milestone",
    "EventBusSubscriber": "Platform Event Subscription",
    "FlowDefinitionView": "Flow Definition",
    "FlowRecord": "Flow",
    "FlowVersionView": "Flow Version",
    "FulfillmentOrderLineItem": "Fulfillment Order Product",
    "IdpEventLog": "Identity Provider Event Log",
    "LeadStatus": "Lead Status Value",
    "LoginIp": "Login IP",
    "MessagingEndUser": "Messaging User",
    "MilestoneType": "Milestone",
    "OauthToken": "Oauth Token",
    "OpportunityLineItem": "Opportunity Product",
    "OrderItem": "Order Product",
    "OrderStatus": "Order Status Value",
    "PartnerRole": "Partner Role Value",
    "PermissionSetLicenseAssign": "Permission Set License Assignment",
    "PresenceUserConfig": "Presence Configuration",
    "PricebookEntry": "Price Book Entry",
    "ProcessInstanceWorkitem": "Approval Request",
    "ProductCatalog": "Catalog",
    "ProductCategory": "Category",
    "QueueRoutingConfig": "Routing Configuration",
    "SamlSsoConfig": "SAML Single Sign-On Setting",
    "SetupAuditTrail": "Setup Audit Trail Entry",
    "SlaProcess": "Entitlement Process",
    "SolutionStatus": "Solution Status Value",
    "TaskPriority": "Task Priority Value",
    "TaskStatus": "Task Status Value",
    "UserServicePresence": "User Presence",
    "WebCart": "Cart",
    "WebLink": "Custom Button or Link",
    "WebStore": "Store",
    "WorkOrderStatus": "Work Order Status Value",
}
